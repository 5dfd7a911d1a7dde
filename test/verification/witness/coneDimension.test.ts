import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coneDimension } from '../../../src/verification/witness/coneDimension';

const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-12, `${a}, expected ${b}`);

test('coneDimension: up to F half spaces take half a dimension each', () => {
  near(coneDimension(0, 5), 5);
  near(coneDimension(3, 5), 3.5);
  near(coneDimension(5, 5), 2.5);
});
test('coneDimension on a line: both of two half lines agree half of the time, which leaves half of a half', () => {
  near(coneDimension(1, 1), 0.5);
  near(coneDimension(2, 1), 0.25);
  near(coneDimension(3, 1), 0.125);
});
test('coneDimension in the plane: three half planes leave a wedge three times out of four, of dimension 5/8 on average', () => {
  // a wedge of angle a counts 1/2 + a/pi; a direction lies in all three with 1/8, so a is pi/4 on average
  near(coneDimension(3, 2), 3 / 4 / 2 + Math.PI / 4 / Math.PI);
});
