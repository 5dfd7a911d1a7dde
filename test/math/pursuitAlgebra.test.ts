import assert from 'node:assert/strict';
import test from 'node:test';
import { Matrix } from 'ml-matrix';
import { cholesky, choleskySolve } from '../../src/math/cholesky';
import { gemm } from '../../src/math/gemm';
import { jacobiSvd } from '../../src/math/jacobiSvd';
import { lsmr } from '../../src/math/lsmr';
import { fromRows, matrix, norm, row, transpose } from '../../src/math/matrix';
import { nullVector } from '../../src/math/nullVector';
import { orthonormalRows } from '../../src/math/orthonormalRows';
import { rankFactor } from '../../src/math/rankFactor';
import { normal, rng } from '../../src/math/rng';

const random = (rows: number, columns: number, seed: number) => {
  const uniform = rng(seed);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => normal(uniform)),
  );
};
const close = (x: ArrayLike<number>, y: ArrayLike<number>, tolerance: number): void => {
  assert.equal(x.length, y.length);
  for (let i = 0; i < x.length; i++)
    assert.ok(Math.abs((x[i] as number) - (y[i] as number)) <= tolerance, `${i}: ${x[i]} vs ${y[i]}`);
};

test('gemm(a, b) is the product, also transposed and in sizes that fill no block', () => {
  assert.deepEqual([...gemm(fromRows([[1, 2]]), fromRows([[3, 4]]), { b: true }).data], [11]);
  for (const [m, k, n] of [
    [1, 1, 1],
    [5, 7, 3],
    [8, 4, 9],
    [13, 30, 17],
  ] as const) {
    const [a, b] = [random(m, k, 1), random(k, n, 2)];
    const of = (x: typeof a): Matrix => Matrix.from1DArray(x.rows, x.columns, [...x.data]);
    const product = of(a).mmul(of(b)).to1DArray();
    close(gemm(a, b).data, product, 1e-13);
    close(gemm(transpose(a), transpose(b), { a: true, b: true }).data, product, 1e-13);
  }
});
test('gemm names inner dimensions that differ', () => {
  assert.throws(() => gemm(matrix(2, 3), matrix(2, 3)), /gemm: 2 x 3 by 2 x 3/);
});
test('orthonormalRows(a) gives L Q = A with orthonormal rows', () => {
  const a = random(40, 50, 3);
  const { q, l } = orthonormalRows(a);
  close(gemm(l, q).data, a.data, 1e-12);
  const identity = matrix(40, 40);
  for (let i = 0; i < 40; i++) identity.data[41 * i] = 1;
  close(gemm(q, q, { b: true }).data, identity.data, 1e-14);
});
test('orthonormalRows leaves a zero row where a row depends on earlier ones', () => {
  assert.deepEqual(
    [
      ...orthonormalRows(
        fromRows([
          [3, 4],
          [6, 8],
        ]),
      )
        .q.data.slice(2)
        .map(Math.abs),
    ],
    [0, 0],
  );
});
test('jacobiSvd finds singular values far below the largest', () => {
  const d = fromRows([
    [1, 0, 0],
    [0, 1e-9, 0],
    [0, 0, 1e-4],
  ]);
  close(jacobiSvd(d).s, [1, 1e-4, 1e-9], 1e-20);
  const a = random(6, 9, 5);
  const { u, s, v } = jacobiSvd(a);
  const scaled = matrix(
    6,
    9,
    v.data.map((x, i) => x * (s[Math.floor(i / 9)] as number)),
  );
  close(gemm(u, scaled, { a: true }).data, a.data, 1e-13);
});
test('rankFactor sees the rank under rounding, and singular values down to 1e-7 of the largest', () => {
  const left = orthonormalRows(random(20, 90, 6)).q;
  const right = orthonormalRows(random(20, 120, 7)).q;
  const s = Float64Array.from({ length: 20 }, (_, i) => 10 ** (-7 * (i / 19)));
  const a = gemm(
    left,
    matrix(
      20,
      120,
      right.data.map((x, i) => x * (s[Math.floor(i / 120)] as number)),
    ),
    { a: true },
  );
  const exact = rankFactor(a);
  assert.deepEqual([exact.rank, exact.full], [20, false]);
  exact.s.forEach((x, i) => {
    assert.ok(Math.abs(x / (s[i] as number) - 1) < 1e-7);
  });
  const single = rankFactor(matrix(90, 120, Float64Array.from(new Float32Array(a.data))), 3e-8);
  assert.ok(single.rank >= 17 && single.rank <= 20, `${single.rank}`);
});
test('rankFactor calls a matrix without a floor full', () => {
  assert.deepEqual([rankFactor(random(30, 40, 8)).rank, rankFactor(random(30, 40, 8)).full], [30, true]);
});
test('cholesky(a) and choleskySolve solve a system by hand: [[4, 2], [2, 3]] x = [8, 8]', () => {
  const x = Float64Array.of(8, 8);
  choleskySolve(
    cholesky(
      fromRows([
        [4, 2],
        [2, 3],
      ]),
    ) as never,
    x,
  );
  close(x, [1, 2], 1e-15);
  assert.equal(
    cholesky(
      fromRows([
        [1, 2],
        [2, 1],
      ]),
    ),
    null,
  );
});
test('nullVector(a, rows) is as accurate as an SVD where the Gram matrix is not', () => {
  const a = random(60, 20, 9);
  const x = Float64Array.from({ length: 20 }, (_, i) => Math.sin(i + 1));
  const size = norm(x);
  for (let i = 0; i < 60; i++) {
    const r = row(a, i);
    const along = r.reduce((s, v, k) => s + v * (x[k] as number), 0) / size ** 2;
    for (let k = 0; k < 20; k++) r[k] = (r[k] as number) - along * (x[k] as number);
  }
  const found = nullVector(
    a,
    Array.from({ length: 60 }, (_, i) => i),
    new Float64Array(20).fill(1),
  );
  const sign = Math.sign((found?.vector[0] as number) * (x[0] as number));
  close(
    found?.vector as Float64Array,
    x.map((v) => (sign * v) / size),
    1e-14,
  );
});
test('lsmr solves least squares from products alone', () => {
  const a = random(12, 5, 10);
  const x = Float64Array.of(1, -2, 3, -4, 5);
  const times = (m: typeof a, v: Float64Array): Float64Array => gemm(m, matrix(v.length, 1, v)).data;
  const map = {
    times: (v: Float64Array) => times(a, v),
    transposedTimes: (v: Float64Array) => times(transpose(a), v),
  };
  close(lsmr(map, times(a, x), 20, 1e-15), x, 1e-10);
});
