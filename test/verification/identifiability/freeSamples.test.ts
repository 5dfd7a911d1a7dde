import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../../src/math/gemm';
import { fromRows, matrix, plus, transpose } from '../../../src/math/matrix';
import type { DenseMatrix } from '../../../src/types';
import { freeSamples } from '../../../src/verification/identifiability/freeSamples';
import { unitRows } from '../../../src/verification/identifiability/unitRows';
import { largestEntry, randomMatrix } from '../../support/random';

const identity = (n: number): DenseMatrix =>
  matrix(
    n,
    n,
    Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0)),
  );

test('unitRows by hand: (3, 4) has length 5, and a zero row stays, with size 1', () => {
  const { unit, sizes } = unitRows(
    fromRows([
      [3, 4],
      [0, 0],
    ]),
  );
  assert.deepEqual(
    [[...unit.data], [...sizes]],
    [
      [3 / 5, 4 / 5, 0, 0],
      [5, 1],
    ],
  );
});
test('freeSamples by hand: of (1, 0) and (-2, 0) the sum of unit deltas cancels, a third independent one is not free', () => {
  const { rank, free, sizes, margin } = freeSamples(
    fromRows([
      [1, 0],
      [-2, 0],
      [0, 3],
    ]),
  );
  assert.deepEqual([rank, free.rows, [...sizes], margin], [2, 1, [1, 2, 3], 1]);
  const [a, b, c] = free.data;
  assert.ok(Math.abs((a as number) - (b as number)) < 1e-15 && Math.abs(c as number) < 1e-15, `${free.data}`);
});
for (const [M, n] of [
  [9, 5],
  [4, 7],
] as const)
  test(`freeSamples of ${M} deltas of ${n} neurons: free combinations cancel, range spans, solve is the least-norm inverse`, () => {
    const delta = randomMatrix(M, n, M);
    const { unit } = unitRows(delta);
    const { rank, free, range, solve } = freeSamples(delta);
    assert.deepEqual([rank, free.rows], [Math.min(M, n), Math.max(0, M - n)]);
    assert.ok(largestEntry(gemm(free, unit)) < 1e-14, 'free combinations of unit deltas are zero');
    assert.ok(largestEntry(plus(gemm(free, free, { b: true }), identity(free.rows), -1)) < 1e-14, 'orthonormal');
    const q = fromRows(range);
    const inRange = gemm(gemm(unit, q, { b: true }), q);
    assert.ok(largestEntry(plus(inRange, unit, -1)) < 1e-14, 'the range holds every delta');
    // unit deltasᵀ Y = rangeᵀ: Y = solve, and no free combination is part of it
    assert.ok(largestEntry(plus(gemm(unit, solve, { a: true }), transpose(q), -1)) < 1e-13);
    assert.ok(largestEntry(gemm(free, solve)) < 1e-13, 'least norm');
  });
