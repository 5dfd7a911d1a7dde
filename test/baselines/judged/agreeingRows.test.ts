import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreeingRows } from '../../../src/baselines/judged/agreeingRows';
import { fromRows } from '../../../src/math/matrix';

test('agreeingRows puts equal quotients together, larger groups first, then single rows by their nearest neighbour', () => {
  const rows = fromRows([
    [1, 0],
    [0, 2],
    [5, 5],
    [1, 1e-7],
    [0, 2],
    [0, 2 + 2e-7],
    [5, 4],
    [-9, 0],
  ]);
  const groups = agreeingRows(rows, 1e-5);
  assert.deepEqual(
    groups.map((g) => g.members),
    [[1, 4, 5], [0, 3], [2], [6], [7]],
  );
  assert.ok(Math.abs((groups[1]?.distance ?? 0) - 1e-7) < 1e-12); // where inner products alone would cancel
});
test('agreeingRows of one row is that row, with no neighbour', () => {
  assert.deepEqual(agreeingRows(fromRows([[1, 2]]), 1e-5), [{ members: [0], distance: Number.POSITIVE_INFINITY }]);
});
