import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../src/math/gemm';
import { leastSquares } from '../../src/math/leastSquares';
import { fromRows, matrix } from '../../src/math/matrix';
import { pivotedQr } from '../../src/math/pivotedQr';
import { normal, rng, sampleIndices } from '../../src/math/rng';
import { close } from '../support/closeness';
import { randomMatrix } from '../support/random';

test('leastSquares: the mean of 1 and 3 is 2, with residual sqrt(2/10)', () => {
  const answer = leastSquares(fromRows([[1], [1]]), fromRows([[1], [3]]));
  close(answer.solution.data[0]!, 2, 1e-15);
  close(answer.residual, Math.sqrt(2 / 10), 1e-14);
});
test('leastSquares recovers X from A X to rounding, many right-hand sides at once', () => {
  const x = randomMatrix(7, 11, 2);
  const a = randomMatrix(40, 7, 1);
  const { solution, rank, residual } = leastSquares(a, gemm(a, x));
  assert.equal(rank, 7);
  assert.ok(residual < 1e-14);
  solution.data.forEach((v, k) => assert.ok(Math.abs(v - x.data[k]!) < 1e-12));
});
test('leastSquares is as accurate as its condition allows: Hilbert columns', () => {
  const a = matrix(
    12,
    6,
    Float64Array.from({ length: 72 }, (_, k) => 1 / (1 + Math.floor(k / 6) + (k % 6))),
  );
  const { residual, condition } = leastSquares(a, gemm(a, fromRows([[1], [1], [1], [1], [1], [1]])));
  assert.ok(residual < 1e-14 && condition > 1e4);
});
test('pivotedQr shows that the third column is the sum of the others', () => {
  const { rank, condition } = pivotedQr(
    fromRows([
      [1, 0, 1],
      [0, 1, 1],
      [1, 1, 2],
      [2, 0, 2],
    ]),
  );
  assert.equal(rank, 2);
  assert.ok(condition < 10);
  assert.equal(pivotedQr(matrix(3, 2)).rank, 0);
});
test('pivotedQr keeps its basis orthogonal when columns are nearly dependent', () => {
  const a = randomMatrix(30, 5, 3);
  for (let i = 0; i < 30; i++) a.data[i * 5 + 4] = a.data[i * 5]! + 1e-9 * a.data[i * 5 + 4]!;
  const { basis } = pivotedQr(a);
  for (const p of basis)
    for (const q of basis) assert.ok(Math.abs(p.reduce((s, v, i) => s + v * q[i]!, 0) - (p === q ? 1 : 0)) < 1e-14);
});
test('leastSquares names the sizes that do not fit', () => {
  assert.throws(() => leastSquares(matrix(3, 1), matrix(2, 1)), /A has 3 rows and B 2/);
});

test('rng repeats for a seed, is uniform, and differs between neighbouring seeds', () => {
  const draw = (seed: number) => Array.from({ length: 20_000 }, rng(seed));
  assert.deepEqual(draw(5), draw(5));
  const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
  assert.ok(Math.abs(mean(draw(5)) - 0.5) < 0.01);
  const [a, b] = [draw(5), draw(6)];
  assert.ok(Math.abs(mean(a.map((v, k) => (v - 0.5) * (b[k]! - 0.5)))) < 0.003);
  const u = rng(1);
  const normals = Array.from({ length: 20_000 }, () => normal(u));
  assert.ok(Math.abs(mean(normals.map((v) => v * v)) - 1) < 0.05);
  assert.equal(new Set(sampleIndices(u, 50, 50)).size, 50);
});
