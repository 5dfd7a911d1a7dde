import assert from 'node:assert/strict';
import test from 'node:test';
import { centreSquare, resized } from '../../src/data/resize';

const grey = (height: number, width: number, data: number[]) => ({ height, width, channels: 1, data });
const near = (actual: ArrayLike<number>, expected: readonly number[]): void => {
  assert.equal(actual.length, expected.length);
  expected.forEach((v, k) => {
    assert.ok(Math.abs((actual[k] as number) - v) < 1e-12, `${k}: ${actual[k]} is not ${v}`);
  });
};

test('centreSquare cuts out the middle', () => {
  const { data, width, height } = centreSquare(grey(2, 5, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  assert.deepEqual([[...Array.from(data)], width, height], [[1, 2, 6, 7], 2, 2]);
});
test('resized is linear between pixels when a picture grows: 0 and 4 become 0, 1, 3, 4', () => {
  near(resized(grey(1, 2, [0, 4]), 4, 1).data, [0, 1, 3, 4]);
  near(resized(grey(2, 1, [0, 4]), 1, 4).data, [0, 1, 3, 4]);
});
test('resized weighs by a tent when a picture shrinks, worked out by hand', () => {
  // 4 to 2: the tent of reach 2 about 1 weighs pixels at 0.5, 1.5 and 2.5 with 3, 3 and 1 of 7
  near(resized(grey(1, 4, [7, 0, 0, 0]), 2, 1).data, [3, 0]);
  near(resized(grey(1, 4, [0, 7, 0, 0]), 2, 1).data, [3, 1]);
});
test('resized keeps a constant, every channel apart, and a picture of that size as it is', () => {
  const flat = { height: 5, width: 7, channels: 3, data: Float64Array.from({ length: 105 }, (_, k) => k % 3) };
  const small = resized(flat, 4, 3);
  assert.deepEqual([small.width, small.height, small.channels], [4, 3, 3]);
  near(
    small.data,
    Array.from({ length: 36 }, (_, k) => k % 3),
  );
  assert.equal(resized(flat, 7, 5), flat);
});
