import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../src/math/gemm';
import { rng } from '../../src/math/rng';
import { gaussianRows } from '../../src/math/singularVectors';
import { squared, timesSquares } from '../../src/math/squares';
import type { DenseMatrix } from '../../src/types';

test('timesSquares is the product with the squares, for few rows and for many', () => {
  const u = rng(1);
  const random = (rows: number, columns: number): DenseMatrix => gaussianRows(rows, columns, u);
  const b = random(30, 50);
  for (const rows of [1, 8, 9]) {
    const a = random(rows, 50);
    const expected = gemm(a, squared(b), { b: true });
    timesSquares(a, b).data.forEach((v, k) => assert.ok(Math.abs(v - (expected.data[k] as number)) < 1e-12));
  }
});
