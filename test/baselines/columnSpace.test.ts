import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetOf } from '../../src/baselines/budget';
import { columnSpace, outside } from '../../src/baselines/columnSpace';
import { leftFactor } from '../../src/baselines/leftFactor';
import { gemm } from '../../src/math/gemm';
import { transpose } from '../../src/math/matrix';
import { randomMatrix } from '../support/random';

test('columnSpace of a matrix of rank 70 holds its columns and leaves others outside', async () => {
  const a = gemm(randomMatrix(200, 70, 1), randomMatrix(70, 300, 2));
  const space = await columnSpace(a, 2 ** -50, budgetOf('test', {}));
  assert.ok(typeof space === 'object' && !space.full);
  const { basis, coordinates } = space;
  assert.ok(
    Math.max(...gemm(basis, coordinates, { a: true }).data.map((v, k) => Math.abs(v - (a.data[k] as number)))) < 1e-11,
  );
  for (const off of outside(basis, transpose(a))) assert.ok(off < 1e-10);
  // of a random vector's 200 directions at most 128 are in the basis
  for (const off of outside(basis, randomMatrix(20, 200, 3))) assert.ok(off > 0.3);
});

test('columnSpace of a matrix without a null space is all there is', async () => {
  const space = await columnSpace(randomMatrix(100, 300, 1), 2 ** -50, budgetOf('test', {}));
  assert.ok(typeof space === 'object' && space.full && space.basis.rows === 100);
});

test('columnSpace stops at a signal', async () => {
  const stopped = budgetOf('test', { signal: AbortSignal.abort() });
  assert.equal(await columnSpace(randomMatrix(100, 300, 1), 2 ** -50, stopped), 'signal');
});

test('leftFactor shows the rank beside noise, and what it keeps is the matrix', async () => {
  const a = gemm(randomMatrix(90, 20, 1), randomMatrix(20, 120, 2));
  const noisy = { ...a, data: a.data.map((v, k) => v + 1e-7 * Math.sin(7 * k * k)) };
  for (const [b, unit, close] of [
    [a, 2 ** -50, 1e-12],
    [noisy, 2 ** -24, 1e-5],
  ] as const) {
    const factor = await leftFactor(b, unit, budgetOf('test', {}));
    assert.ok(typeof factor === 'object');
    assert.deepEqual([factor.rank, factor.full], [20, false]);
    const back = gemm(factor.u, factor.c, { a: true });
    assert.ok(Math.max(...back.data.map((v, k) => Math.abs(v - (b.data[k] as number)))) < close);
  }
});
