import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../src/math/gemm';
import { lsmr } from '../../src/math/lsmr';
import { fromRows, norm } from '../../src/math/matrix';
import { nullSpace } from '../../src/math/nullSpace';

test('nullSpace of parallel rows is what is orthogonal to them', () => {
  const a = fromRows([
    [1, 1, 0],
    [2, 2, 0],
  ]);
  const { basis, rank } = nullSpace(a);
  assert.equal(rank, 1);
  assert.equal(basis.rows, 2);
  assert.ok(norm(gemm(a, basis, { b: true }).data) < 1e-15);
});
test('nullSpace of a tall matrix of full column rank is empty', () => {
  assert.equal(
    nullSpace(
      fromRows([
        [1, 0],
        [0, 1],
        [1, 1],
      ]),
    ).basis.rows,
    0,
  );
});
test('nullSpace without rows is everything', () => {
  const { basis, rank, margin } = nullSpace({ rows: 0, columns: 2, data: new Float64Array(0) });
  assert.deepEqual([basis.rows, rank, margin], [2, 0, Number.POSITIVE_INFINITY]);
});
test('nullSpace counts rounding beside the given scale as zero', () => {
  assert.equal(nullSpace(fromRows([[1e-16, 0]]), 1).rank, 0);
  assert.equal(nullSpace(fromRows([[1e-16, 0]])).rank, 1);
});
test('lsmr gives the least-norm solution of an underdetermined system', () => {
  const x = lsmr(
    { times: ([a, b]) => Float64Array.of(a! + b!), transposedTimes: ([y]) => Float64Array.of(y!, y!) },
    Float64Array.of(2),
  );
  assert.ok(Math.hypot((x[0] as number) - 1, (x[1] as number) - 1) < 1e-15, `${x}`);
});
