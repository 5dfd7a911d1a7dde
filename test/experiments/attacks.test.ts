import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defence } from '../../src/defences/defence';
import { bestErrors } from '../../src/experiments/attackOutcome';
import { attacks } from '../../src/experiments/attacks';
import { captureGradient } from '../../src/gradient/captureGradient';
import { mlp } from '../../src/model/mlp';
import type { DenseMatrix } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [40, 128, 5], seed: 2 });
const batch = uniformBatch(6, 40, 5, 3);
const worst = (found: DenseMatrix | undefined): number => Math.max(...bestErrors(batch, found));

for (const [withholding, enough] of [
  [defence.maskExclusiveRows(1), false],
  [defence.maskFirstLayer(0.3), true], // exclusive rows of other neurons remain
  [defence.dropout(0.3), false],
] as const)
  test(`pursuit reads the batch from what ${withholding.name} still shares; exclusive neurons alone ${enough ? 'do too' : 'do not'}`, async () => {
    const gradient = withholding.share?.(model, batch, 1) ?? captureGradient(model, batch);
    const alone = await attacks.exact.run(model, gradient, 6);
    assert.equal(alone?.rows === 6 && worst(alone) < 1e-12, enough);
    const found = await attacks.pursuit.run(model, gradient, 6);
    assert.ok(worst(found) < 1e-12, `worst MSE ${worst(found)}`);
  });
