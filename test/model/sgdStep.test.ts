import assert from 'node:assert/strict';
import test from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { captureGradient } from '../../src/gradient/captureGradient';
import { loss } from '../../src/model/loss';
import { mlp } from '../../src/model/mlp';
import { sgdStep, toNetwork, toTrainable } from '../../src/model/sgdStep';
import { relativeError } from '../support/closeness';

for (const biases of [true, false])
  test(`sgdStep moves the weights by -rate times the captured gradient, ${biases ? 'with' : 'without'} biases`, () => {
    const model = mlp({ widths: [12, 10, 9, 8, 4], seed: 3, biases });
    const batch = gaussian({ size: 6, dimension: 12, classes: 4, seed: 2 });
    const network = toTrainable(model);
    const before = sgdStep(network, batch, 0.5);
    const { gradients } = captureGradient(model, batch);
    const expected = model.dense.map(({ weight, bias }, i) => ({
      weight: { ...weight, data: weight.data.map((w, k) => w - 0.5 * (gradients[i]?.weight.data[k] as number)) },
      ...(bias && { bias: bias.map((b, k) => b - 0.5 * (gradients[i]?.bias?.[k] as number)) }),
    }));
    assert.ok(relativeError(toNetwork(network).dense, expected) < 1e-14);
    assert.ok(Math.abs(before - loss(model, batch)) < 1e-14);
  });
test('toNetwork undoes toTrainable and shares nothing with it', () => {
  const model = mlp({ widths: [3, 4, 2] });
  const network = toTrainable(model);
  const copy = toNetwork(network);
  network.layers[0]?.bias?.fill(9);
  assert.deepEqual(copy, model);
});
