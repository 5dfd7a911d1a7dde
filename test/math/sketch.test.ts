import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../src/math/gemm';
import { norm, row } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';
import { gaussianRows } from '../../src/math/singularVectors';
import { sketch } from '../../src/math/sketch';
import type { DenseMatrix } from '../../src/types';

const u = rng(1);
const random = (rows: number, columns: number): DenseMatrix => gaussianRows(rows, columns, u);

test('norms in a sketch are those of the products, within a factor of two each and 10 % on average', () => {
  const [x, a] = [random(200, 30), random(30, 400)];
  const [exact, sketched] = [gemm(x, a), gemm(x, sketch(a))];
  const ratios = Array.from({ length: 200 }, (_, i) => norm(row(sketched, i)) / norm(row(exact, i)));
  assert.ok(
    ratios.every((r) => r > 0.5 && r < 2),
    `${Math.min(...ratios)} to ${Math.max(...ratios)}`,
  );
  const mean = ratios.reduce((sum, r) => sum + r, 0) / 200;
  assert.ok(Math.abs(mean - 1) < 0.1, `${mean}`);
});
test('a sketch is made once', () => {
  const a = random(3, 50);
  assert.equal(sketch(a), sketch(a));
});
