import assert from 'node:assert/strict';
import test from 'node:test';
import { fromRows, matrix, row } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import type { DenseMatrix } from '../../../src/types';
import { identifiability } from '../../../src/verification/identifiability/identifiability';

const batch = (size: number) => {
  const uniform = rng(4);
  return {
    inputs: matrix(
      size,
      20,
      Float64Array.from({ length: size * 20 }, () => normal(uniform)),
    ),
    labels: Int32Array.from({ length: size }, (_, m) => m % 3),
  };
};

test('identifiability(model, batch) counts every sample of a batch well below half the width', () => {
  assert.equal(identifiability(mlp({ widths: [20, 64, 3], seed: 1 }), batch(8)).identifiable, 8);
});
test('identifiability is lost when samples leave fewer neurons silent than there are others', () => {
  const model = mlp({ widths: [20, 12, 3], seed: 1 });
  // 12 neurons, each sample is silent on 4 to 8 of them: fewer than the 10 independent rows that 11 samples take
  const { identifiable, rank, ranks } = identifiability(model, batch(11));
  assert.deepEqual([identifiable, rank], [0, 11]);
  const features = forward(model, batch(11).inputs).features[1] as DenseMatrix;
  const silent = ranks.map((_, m) => row(features, m).filter((v) => v === 0).length);
  assert.deepEqual(ranks, silent, 'that few rows are independent');
  // more samples than neurons: the gradient of the layer has no more rows than neurons
  assert.equal(identifiability(model, batch(16)).rank, 12);
});
test('identifiability sees a sample that stands in the batch twice', () => {
  const x = [1, -2, 0.5, 3];
  const twice = { inputs: fromRows([x, x, [2, 1, 0, -1]]), labels: Int32Array.of(0, 0, 1) };
  assert.deepEqual(identifiability(mlp({ widths: [4, 16, 2], seed: 1 }), twice).samples, [false, false, false]);
});
test('identifiability counts nobody when features are dependent: six samples of two inputs have rank 3', () => {
  const wide = mlp({ widths: [2, 64, 3], seed: 1 });
  const six = batch(6);
  const { rank, samples } = identifiability(wide, {
    labels: six.labels,
    inputs: matrix(6, 2, six.inputs.data.slice(0, 12)),
  });
  assert.deepEqual([rank, samples], [3, new Array(6).fill(false)]);
});
