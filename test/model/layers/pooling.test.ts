import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../../src/math/matrix';
import { float32, float64 } from '../../../src/model/arithmetic';
import { averagePool } from '../../../src/model/layers/averagePool';
import { maxPool } from '../../../src/model/layers/maxPool';

const input = { channels: 1, height: 2, width: 5 }; // the fifth column is in no window
const x = fromRows([[1, 4, -2, -2, 9, 3, 2, -2, -5, 9]]);
const delta = fromRows([[8, 0.5]]);

test('maxPool takes the largest, and the first of equals gets the delta', () => {
  const layer = { kind: 'maxPool', input, size: 2, stride: 2 } as const;
  const leaving = maxPool.forward(layer, x, float64);
  assert.deepEqual([...leaving.data], [4, -2]);
  const below = maxPool.backward(layer, delta, { entering: x, leaving }, float64);
  assert.deepEqual([...below.data], [0, 8, 0.5, 0, 0, 0, 0, 0, 0, 0]);
});
test('maxPool adds the deltas of overlapping windows with the same winner', () => {
  const layer = { kind: 'maxPool', input, size: 2, stride: 1 } as const;
  const leaving = maxPool.forward(layer, x, float64);
  assert.deepEqual([...leaving.data], [4, 4, -2, 9]);
  const below = maxPool.backward(layer, fromRows([[1, 2, 4, 8]]), { entering: x, leaving }, float64);
  assert.deepEqual([...below.data], [0, 3, 4, 0, 8, 0, 0, 0, 0, 0]);
});
test('averagePool takes the mean, and every value of a window gets a quarter of its delta', () => {
  const layer = { kind: 'averagePool', input, size: 2, stride: 2 } as const;
  const leaving = averagePool.forward(layer, x, float64);
  assert.deepEqual([...leaving.data], [2.5, -2.75]);
  const below = averagePool.backward(layer, delta, { entering: x, leaving }, float64);
  assert.deepEqual([...below.data], [2, 2, 0.125, 0.125, 0, 2, 2, 0.125, 0.125, 0]);
});
test('averagePool in float32 rounds its sum and its mean', () => {
  const layer = { kind: 'averagePool', input: { channels: 1, height: 3, width: 3 }, size: 3, stride: 3 } as const;
  const one = fromRows([[1, 2 ** -24, 2 ** -24, 0, 0, 0, 0, 0, 0]]);
  assert.equal(averagePool.forward(layer, one, float32).data[0], Math.fround(1 / 9));
});
test('pooling says which samples it takes', () => {
  for (const [kind, name] of [
    [maxPool, 'maxPool'],
    [averagePool, 'averagePool'],
  ] as const)
    assert.throws(
      () => kind.forward({ kind: name, input, size: 2, stride: 2 } as never, fromRows([[1, 2]]), float64),
      /features have 2 columns, expected 10/,
    );
});
