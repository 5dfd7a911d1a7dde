import assert from 'node:assert/strict';
import test from 'node:test';
import { combineRows } from '../../src/math/combineRows';
import { fromRows } from '../../src/math/matrix';

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
    { start: 0, stride: 1, scale: 2 },
  );
  assert.deepEqual([...target], [1 + 2 * (10 + 3), 1 + 2 * (20 + 4)]);
});
test('combineRows reads its factors with a start and a stride', () => {
  const target = new Float64Array(1);
  combineRows(target, fromRows([[1], [10]]), Float64Array.of(9, 2, 9, 3), { start: 1, stride: 2 });
  assert.equal(target[0], 32);
});
