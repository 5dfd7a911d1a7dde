import assert from 'node:assert/strict';
import test from 'node:test';
import { combineRows } from '../../src/math/combineRows';
import { fromRows, matrix, multiply, multiplyTransposed, transpose, transposedMultiply } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';

test('combineRows adds scaled rows to the target and skips zeros', () => {
  const target = Float64Array.of(1, 1);
  combineRows(
    target,
    fromRows([
      [1, 2],
      [Number.NaN, 0],
      [3, 4],
    ]),
    Float64Array.of(10, 0, 1),
    0,
    1,
    2,
  );
  assert.deepEqual([...target], [1 + 2 * (10 + 3), 1 + 2 * (20 + 4)]);
});
test('combineRows reads its factors with a start and a stride', () => {
  const target = new Float64Array(1);
  combineRows(target, fromRows([[1], [10]]), Float64Array.of(9, 2, 9, 3), 1, 2);
  assert.equal(target[0], 32);
});
test('the matrix products agree for every number of rows that is left over by fours', () => {
  const uniform = rng(1);
  const random = (rows: number, columns: number) =>
    matrix(
      rows,
      columns,
      Float64Array.from({ length: rows * columns }, () => Math.max(0, uniform() - 0.3)),
    );
  for (let k = 0; k <= 9; k++) {
    const [a, b] = [random(5, k), random(k, 3)];
    const [byRows, byDots] = [multiply(a, b), multiplyTransposed(a, transpose(b))];
    const byColumns = transposedMultiply(transpose(a), b);
    byDots.data.forEach((v, at) => {
      assert.ok(Math.abs((byRows.data[at] as number) - v) < 1e-14);
      assert.ok(Math.abs((byColumns.data[at] as number) - v) < 1e-14);
    });
  }
});
