import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Matrix } from 'ml-matrix';
import { row } from '../../../src/math/matrix';
import { backward } from '../../../src/model/backward';
import { type Activations, forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import { softmax } from '../../../src/model/softmax';
import type { DenseMatrix } from '../../../src/types';
import { helmertBasis, lossMotion } from '../../../src/verification/identifiability/lossMotion';
import { randomBatch } from '../../support/random';

const of = (a: DenseMatrix): Matrix => Matrix.from1DArray(a.rows, a.columns, [...a.data]);
const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void => {
  assert.equal(a.length, b.length);
  for (let k = 0; k < a.length; k++)
    assert.ok(Math.abs((a[k] as number) - (b[k] as number)) <= tolerance, `${k}: ${a[k]}, ${b[k]}`);
};

test('helmertBasis has orthonormal columns that sum to zero: (1, -1)/sqrt 2 for two classes', () => {
  near(helmertBasis(2).data, [Math.SQRT1_2, -Math.SQRT1_2], 2e-16);
  for (const K of [3, 7]) {
    const q = of(helmertBasis(K));
    near(q.transpose().mmul(q).to1DArray(), Matrix.eye(K - 1).to1DArray(), 1e-15);
    near(q.sum('column'), new Array(K - 1).fill(0), 1e-15);
  }
});
for (const widths of [
  [6, 8, 2],
  [6, 8, 7, 4],
]) {
  const K = widths.at(-1) as number;
  const model = mlp({ widths, seed: 5, init: 'he' });
  const batch = randomBatch(5, 6, K, 4);
  const activations = forward(model, batch.inputs);
  const deltas = backward(model, activations, batch.labels);
  const { helmert, sizes, directions, softmaxMaps } = lossMotion(model, activations, deltas.at(-1) as DenseMatrix);

  test(`lossMotion of ${widths.join('-')}: the loss vectors' own coordinates give back the deltas of every layer`, () => {
    const head = deltas.at(-1) as DenseMatrix;
    const q = of(helmert).transpose();
    deltas.forEach((delta, i) => {
      for (let m = 0; m < 5; m++) {
        // g^m = |g^m| Q u^m, so u^m = Qᵀ g^m / |g^m|; deltas are linear in g^m
        const u = q.mmul(Matrix.columnVector([...row(head, m)])).div(sizes[m] as number);
        const sum = new Float64Array(delta.columns);
        directions[i]?.forEach((d, k) => {
          row(d, m).forEach((v, j) => {
            sum[j] = (sum[j] as number) + u.get(k, 0) * v;
          });
        });
        near(sum, row(delta, m), 1e-14);
      }
    });
  });
  test(`lossMotion of ${widths.join('-')}: the softmax maps are Qᵀ (diag p - p pᵀ) Q`, () => {
    assert.equal(softmaxMaps.length, 5);
    softmaxMaps.forEach((map, m) => {
      const p = [...softmax(row((activations as Activations).logits, m))];
      const s = Matrix.diag(p).sub(Matrix.columnVector(p).mmul(Matrix.rowVector(p)));
      near(map.data, of(helmert).transpose().mmul(s).mmul(of(helmert)).to1DArray(), 1e-15);
    });
  });
}
