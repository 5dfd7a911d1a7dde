import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient } from '../../src/gradient/captureGradient';
import { matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import { batchNormOf, folded, foldedGradient } from '../../src/model/batchNorm';
import { convNetOf } from '../../src/model/convNetOf';
import { initialise } from '../../src/model/initialise';
import { loss } from '../../src/model/loss';
import { mlp } from '../../src/model/mlp';
import type { AffineLayer, ConvNet } from '../../src/types';
import { relativeError } from '../support/closeness';
import { uniformBatch } from '../support/uniformBatch';

const input = { channels: 2, height: 6, width: 5 };
const batch = uniformBatch(4, 60, 3, 1);
const uniform = rng(2);
const drawn = (mean: number): Float64Array => Float64Array.from({ length: 3 }, () => mean + normal(uniform));
const [gamma, beta, mean] = [drawn(0), drawn(0), drawn(0.5)];
const variance = drawn(0).map((v) => v * v);
const weights: AffineLayer = initialise('pytorch', 18, 3, true, rng(3));
const head = mlp({ widths: [36, 8, 3], seed: 4 });
const normed = () => batchNormOf('test', { gamma, beta, mean, variance, eps: 1e-3 });
const net = (): ConvNet => {
  const conv = { kind: 'conv2d', input, kernel: 3, stride: 1, padding: 0, ...folded(weights, normed()) } as const;
  return convNetOf(input, [conv, { kind: 'leakyRelu', slope: 0.1 }], head);
};

test('a normalisation worked on paper: gamma 6, beta 1, mean 2, variance 8, eps 1', () => {
  const one = batchNormOf('test', { gamma: [6], beta: [1], mean: [2], variance: [8], eps: 1 });
  assert.deepEqual([[...one.scale], [...one.shift]], [[2], [-3]]);
  const both = folded({ weight: matrix(1, 2, Float64Array.of(1, -1)), bias: Float64Array.of(5) }, one);
  assert.deepEqual([[...both.weight.data], [...(both.bias ?? [])]], [[2, -2], [7]]); // 6 (z + 5 - 2) / 3 + 1
});
test('the gradient of the folded layer is that of kernel, bias and beta by central differences, mapped', () => {
  const along = (values: Float64Array): Float64Array =>
    values.map((before, k) => {
      const at = (moved: number): number => {
        values[k] = moved;
        const result = loss(net(), batch);
        values[k] = before;
        return result;
      };
      return (at(before + 1e-5) - at(before - 1e-5)) / 2e-5;
    });
  const own = { weight: { ...weights.weight, data: along(weights.weight.data) }, bias: along(weights.bias!) };
  const [exact] = captureGradient(net(), batch).gradients;
  for (const mapped of [
    foldedGradient('test', own, along(beta), normed()),
    foldedGradient('test', own, undefined, normed()),
  ])
    assert.ok(relativeError([mapped], [exact!]) < 1e-8, `${relativeError([mapped], [exact!])}`);
});
test('what the parameters do not tell of a folded gradient is refused', () => {
  const own = { weight: weights.weight };
  assert.throws(() => foldedGradient('here', own, undefined, normed()), /here has no gradient of beta, and the layer/);
  const scale = Float64Array.of(1, 1e-30, 1);
  assert.throws(() => foldedGradient('here', own, beta, { scale }), /here: channel 1 has scale 1e-30 \(its gamma\)/);
  assert.throws(
    () => batchNormOf('here', { mean: [0, 0], variance: [1, -1], eps: 1e-3 }),
    /here: the running variance of channel 1 is -1, expected it positive/,
  );
});
