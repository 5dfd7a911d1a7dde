import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weightDecay } from '../../../src/baselines/judged/weightDecay';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { gradientDifference, gradientNorm } from '../../../src/gradient/gradientDifference';
import { mlp, mlpOf } from '../../../src/model/mlp';
import type { AveragedGradient } from '../../../src/types';

const drawn = mlp({ widths: [20, 80, 5], seed: 1 });
/** Ten neurons that no sample fires, and biases that are not zero. */
const model = mlpOf(
  drawn.dense.map(({ weight, bias }, i) => ({
    weight,
    bias: (bias ?? new Float64Array()).map((_, j) => (i === 0 && j < 10 ? -99 : 0.01 * (j + 1))),
  })),
);
const batch = gaussian({ size: 4, dimension: 20, classes: 5, seed: 2 });
const plain = captureGradient(model, batch);
const decayed = (decay: number, biases: boolean): AveragedGradient => ({
  ...plain,
  gradients: plain.gradients.map(({ weight, bias }, i) => {
    const layer = model.dense[i];
    const added = (values: Float64Array, own: Float64Array | undefined): Float64Array =>
      values.map((v, k) => v + decay * (own?.[k] ?? 0));
    return {
      weight: { ...weight, data: added(weight.data, layer?.weight.data) },
      ...(bias && { bias: biases ? added(bias, layer?.bias) : bias }),
    };
  }),
});

test('weightDecay reads the decay off silent neurons and leaves the gradient that was there before', () => {
  for (const biases of [true, false]) {
    const found = weightDecay(model, decayed(3e-4, biases));
    assert.ok(found);
    assert.ok(Math.abs(found.decay / 3e-4 - 1) < 1e-12);
    assert.deepEqual([found.rows, found.biases], [10, biases]);
    const left = gradientNorm(gradientDifference(found.gradient.gradients, plain.gradients));
    assert.ok(left < 1e-13 * gradientNorm(plain.gradients), `${left}`);
  }
});
test('weightDecay finds none in a plain gradient, nor where fewer than three neurons are silent', () => {
  assert.equal(weightDecay(model, plain), null);
  const busy = mlp({ widths: [20, 80, 5], seed: 1 });
  const many = gaussian({ size: 60, dimension: 20, classes: 5, seed: 2 });
  assert.equal(weightDecay(busy, captureGradient(busy, many)), null);
});
