import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHalf } from '../../src/math/toHalf';

test('toHalf gives the values of IEEE 754 binary16', () => {
  // 0.1 and 1/3 as numpy.float16 prints them; 2^-24 is the smallest, 2^-25 is a tie with zero
  const cases = [
    [0.1, 0.0999755859375],
    [1 / 3, 0.333251953125],
    [65504, 65504],
    [1e6, 65504],
    [2 ** -24, 2 ** -24],
    [2 ** -25, 0],
    [-1.5, -1.5],
    [2049, 2048],
    [2051, 2052],
  ];
  for (const [v, expected] of cases) assert.equal(toHalf(v!), expected);
});
