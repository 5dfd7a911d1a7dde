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

for (const withholding of [defence.maskExclusiveRows(1), defence.maskFirstLayer(0.3), defence.dropout(0.3)])
  test(`pursuit reads the batch from what ${withholding.name} still shares; exclusive neurons alone do not give all`, async () => {
    const gradient = withholding.share?.(model, batch, 1) ?? captureGradient(model, batch);
    assert.ok(((await attacks.exact.run(model, gradient, 6))?.rows ?? 0) < 6);
    const found = await attacks.pursuit.run(model, gradient, 6);
    assert.ok(worst(found) < 1e-12, `worst MSE ${worst(found)}`);
  });
