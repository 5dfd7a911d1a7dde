import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dictionary } from '../../src/baselines/dictionary';
import { ltPeeling } from '../../src/baselines/ltPeeling';
import { rowRatios } from '../../src/baselines/rowRatios';
import { spear } from '../../src/baselines/spear';
import { captureGradient } from '../../src/gradient/captureGradient';
import { row } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [8, 32, 3], seed: 1, init: 'he' });
const one = uniformBatch(1, 8, 3, 2);

test('rowRatios of a single sample are that sample, row after row', () => {
  const candidates = rowRatios(model, captureGradient(model, one)).inputs;
  assert.ok(candidates.rows > 5);
  for (let c = 0; c < candidates.rows; c++)
    row(candidates, c).forEach((v, i) => {
      assert.ok(Math.abs(v - (one.inputs.data[i] as number)) < 1e-12);
    });
});
test('rowRatios keeps to its bounds and number of candidates', () => {
  const gradient = captureGradient(model, uniformBatch(4, 8, 3, 3));
  const candidates = rowRatios(model, gradient, { bounds: [0.4, 0.6], candidates: 3 }).inputs;
  assert.equal(candidates.rows, 3);
  assert.ok(candidates.data.every((v) => 0.4 <= v && v <= 0.6));
});
test('rowRatios needs biases', () => {
  const bare = mlp({ widths: [8, 32, 3], seed: 1, biases: false });
  assert.throws(() => rowRatios(bare, captureGradient(bare, one)), /layer 0 has no biases/);
});
test('rivals that count on silent neurons refuse other activations by name', async () => {
  const leaky = mlp({ widths: [8, 32, 3], seed: 1, activation: { kind: 'leakyRelu', slope: 0.1 } });
  const gradient = captureGradient(leaky, one);
  for (const [name, attack] of Object.entries({ ltPeeling, spear, dictionary }))
    await assert.rejects(
      async () => attack(leaky, gradient),
      new RegExp(`${name}: hidden layer 0 is leakyRelu, expected ReLU`),
    );
});
