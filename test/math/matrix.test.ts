import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  column,
  columnSums,
  columns,
  dot,
  fromRows,
  matrix,
  plus,
  row,
  rowsOf,
  topRows,
  transpose,
  withOnes,
} from '../../src/math/matrix';

const a = fromRows([
  [1, 2, 3],
  [4, 5, 6],
]);
const rowsIn = (m: typeof a): number[][] => Array.from({ length: m.rows }, (_, i) => [...row(m, i)]);

test('rows and columns are taken in the order asked for, as copies', () => {
  const picked = rowsOf(a, [1, 0, 1]);
  assert.deepEqual(rowsIn(picked), [
    [4, 5, 6],
    [1, 2, 3],
    [4, 5, 6],
  ]);
  picked.data.fill(0);
  topRows(a, 1).data.fill(0);
  columns(a, [2, 0]).data.fill(0);
  assert.deepEqual(rowsIn(columns(a, [2, 0])), [
    [3, 1],
    [6, 4],
  ]);
  assert.deepEqual([...column(a, 1)], [2, 5]);
  assert.deepEqual(rowsIn(topRows(a, 1)), [[1, 2, 3]]);
});
test('row is a view: writing to it writes to the matrix', () => {
  const own = matrix(2, 2);
  row(own, 1)[0] = 7;
  assert.deepEqual([...own.data], [0, 0, 7, 0]);
});
test('transpose twice is the matrix, once swaps rows and columns', () => {
  assert.deepEqual(rowsIn(transpose(a)), [
    [1, 4],
    [2, 5],
    [3, 6],
  ]);
  assert.deepEqual(transpose(transpose(a)), a);
});
test('dot of 1..n with ones is n(n+1)/2, for every length around its blocks of four', () => {
  for (let n = 0; n <= 9; n++) {
    const counted = Float64Array.from({ length: n }, (_, i) => i + 1);
    assert.equal(dot(counted, new Float64Array(n).fill(1)), (n * (n + 1)) / 2);
  }
});
test('withOnes appends the column that carries the bias', () => {
  assert.deepEqual(rowsIn(withOnes(a)), [
    [1, 2, 3, 1],
    [4, 5, 6, 1],
  ]);
});
test('plus is A + t B and leaves both as they are', () => {
  const b = fromRows([
    [1, 0, 0],
    [0, 0, 1],
  ]);
  assert.deepEqual(rowsIn(plus(a, b)), [
    [2, 2, 3],
    [4, 5, 7],
  ]);
  assert.deepEqual(rowsIn(plus(a, a, -1)), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
  assert.equal(a.data[0], 1);
  assert.throws(() => plus(a, fromRows([[1, 2, 3]])), /plus: 2 x 3 and 1 x 3, expected equal sizes/);
});
test('columnSums adds the rows up', () => {
  assert.deepEqual([...columnSums(a)], [5, 7, 9]);
});
test('fromRows keeps the width asked for when there is no row, and names a row that is too short', () => {
  assert.deepEqual([fromRows([], 3).rows, fromRows([], 3).columns], [0, 3]);
  assert.throws(() => fromRows([[1, 2], [1]]), /row 1 has 1 entries, expected 2/);
});
test('matrix refuses data of another length, and sizes that are no counts', () => {
  assert.throws(() => matrix(2, 2, new Float64Array(3)), /3 values, expected 2 x 2/);
  assert.throws(() => matrix(-1, 2), /size is -1 x 2, expected two counts/);
});
