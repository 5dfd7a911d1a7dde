import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../src/math/gemm';
import { matrix } from '../../src/math/matrix';
import { preparedProducts } from '../../src/math/preparedProducts';
import { normal, rng } from '../../src/math/rng';
import type { DenseMatrix } from '../../src/types';

const u = rng(5);
const random = (rows: number, columns: number): DenseMatrix =>
  matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => normal(u)),
  );
const constants = [random(7, 5), random(3, 18), random(1, 1), random(33, 2)];
const product = preparedProducts(constants);

test('products with prepared constants, straight and transposed, are those of gemm', () => {
  for (const b of constants)
    for (const rows of [1, 2, 4, 5, 9])
      for (const transposed of [{ b: false }, { b: true }]) {
        const a = random(rows, transposed.b ? b.columns : b.rows);
        const expected = gemm(a, b, transposed);
        const found = product(a, b, transposed);
        assert.deepEqual([found.rows, found.columns], [expected.rows, expected.columns]);
        found.data.forEach((v, k) => assert.ok(Math.abs(v - expected.data[k]!) < 1e-13, `${v} at ${k}`));
      }
});
test('numbers of an earlier product that are not finite do not reach a later one', () => {
  const [b] = constants as [DenseMatrix];
  product(matrix(4, 7, new Float64Array(28).fill(Number.NaN)), b);
  assert.ok(product(random(2, 7), b).data.every(Number.isFinite));
  assert.ok(product(random(2, 5), b, { b: true }).data.every(Number.isFinite));
});
test('other operands, and a left one that is transposed, go to gemm', () => {
  const [a, b] = [random(5, 2), random(5, 3)];
  assert.deepEqual(product(a, b, { a: true }), gemm(a, b, { a: true }));
});
test('inner sizes must agree', () => {
  assert.throws(() => product(random(2, 6), constants[0]!), /gemm: 2 x 6 by 7 x 5/);
});
