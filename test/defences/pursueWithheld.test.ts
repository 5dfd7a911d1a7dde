import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Defence, defence } from '../../src/defences/defence';
import { pursueWithheld } from '../../src/defences/pursueWithheld';
import { captureGradient } from '../../src/gradient/captureGradient';
import { mlp } from '../../src/model/mlp';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [40, 128, 5], seed: 2 });
const batch = uniformBatch(6, 40, 5, 3);
const shared = (d: Defence) => d.share?.(model, batch, 1) ?? captureGradient(model, batch);

test('with two hidden layers there is no answer rather than a guess', () => {
  const deep = mlp({ widths: [40, 96, 64, 5], seed: 2 });
  assert.equal(pursueWithheld(deep, captureGradient(deep, batch), 1), undefined);
});
test('pursueWithheld gives nothing where entries, not neurons, were changed, or nothing is left', () => {
  for (const d of [defence.prune(0.9), defence.quantise('int8'), defence.dpSgd(0.1, 1), defence.maskFirstLayer(1)])
    assert.equal(pursueWithheld(model, shared(d), 1), undefined, d.name);
});
