import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearProgram } from '../../src/math/linearProgram';
import { fromRows } from '../../src/math/matrix';

test('linearProgram finds the corner of a small programme', async () => {
  const x = await linearProgram({
    cost: Float64Array.of(1, 1),
    lower: new Float64Array(2),
    upper: Float64Array.of(10, 10),
    rows: fromRows([[1, 2]]),
    rowLower: Float64Array.of(3),
    rowUpper: Float64Array.of(Infinity),
  });
  assert.deepEqual([...x!], [0, 1.5]);
});
test('linearProgram says undefined when nothing is feasible', async () => {
  const none = await linearProgram({
    cost: Float64Array.of(1),
    lower: new Float64Array(1),
    upper: Float64Array.of(1),
    rows: fromRows([[1]]),
    rowLower: Float64Array.of(3),
    rowUpper: Float64Array.of(Infinity),
  });
  assert.equal(none, undefined);
});
