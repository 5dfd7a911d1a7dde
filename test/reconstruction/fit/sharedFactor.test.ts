import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix, norm, row } from '../../../src/math/matrix';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import { lossVector } from '../../../src/model/softmax';
import { factorErrors } from '../../../src/reconstruction/fit/sharedFactor';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import { hasInput } from '../../../src/reconstruction/result';
import { claimCase } from '../../support/claims/claimCase';

// without biases an unknown factor of the gradient is fitted from the samples, and all lengths follow from it
for (const seed of [20122, 21316])
  test(`without biases, error bars cover what a fitted factor leaves open of all lengths (case ${seed} of the campaign)`, () => {
    const { model, gradient, secret } = claimCase(seed);
    const found = reconstruct(model, gradient, { seconds: 20 });
    assert.equal(found.status, 'approximate');
    const told = found.samples.filter(hasInput).filter(({ status }) => status === 'approximate');
    assert.ok(told.length >= 4);
    for (const { input, error } of told as readonly { input: Float64Array; error: number }[]) {
      const offs = Array.from(secret.labels, (_, m) => norm(row(secret.inputs, m).map((v, i) => v - input[i])));
      const off = Math.min(...offs) / Math.sqrt(input.length);
      assert.ok(off <= 3 * error && error <= 1e-5, `off by ${off}, bar ${error}`);
    }
  });
test('factorErrors: an error of the loss vector across it turns into one of the factor, and that into one of the length', () => {
  const model = mlp({ widths: [3, 8, 4], seed: 1, biases: false, init: 'he' });
  const inputs = matrix(1, 3, Float64Array.of(1, -2, 0.5));
  const labels = Int32Array.of(2);
  const { logits } = forward(model, inputs);
  const seen = (t: number): Float64Array =>
    lossVector(
      logits.data.map((v) => t * v),
      2,
    ).map((v) => t * v);
  const size = norm(seen(1));
  // the length that an error of 1e-6 across the loss vector is taken for, by finite differences of the angle
  const angle = (t: number): number => {
    const [a, b] = [seen(1), seen(t)];
    return Math.acos(a.reduce((sum, v, k) => sum + v * b[k], 0) / (size * norm(b)));
  };
  const length = 1e-6 / (angle(1.01) / 0.01);
  const [error] = factorErrors(model, inputs, labels, [1], Float64Array.of(1e-6));
  assert.ok(Math.abs(error / ((length * norm(inputs.data)) / Math.sqrt(3)) - 1) < 0.02, `${error}`);
  const biased = mlp({ widths: [3, 8, 4], seed: 1 });
  assert.deepEqual([...factorErrors(biased, inputs, labels, [1], Float64Array.of(1e-6))], [0]);
});
