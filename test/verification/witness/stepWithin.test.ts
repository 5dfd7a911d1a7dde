import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../../src/math/matrix';
import { stepWithin } from '../../../src/verification/witness/stepWithin';

const step = (x: number[], d: number[], most = 10): number => stepWithin(fromRows([x]), fromRows([d]), [0, 1], most);

test('stepWithin by hand: up to the nearest bound in the way, down as well as up', () => {
  assert.equal(step([0.5, 0.25], [0.25, 0.25]), 2);
  assert.equal(step([0.5, 0.25], [0.25, -0.25]), 1);
  assert.equal(step([0.5, 0.25], [0.01, 0], 3), 3);
});
test('stepWithin is 0 for an entry on a bound that would leave it, and not for one that comes away', () => {
  assert.equal(step([0, 0.5], [-1, 0]), 0);
  assert.equal(step([0, 0.5], [0.5, 0]), 2);
  assert.equal(step([1, 0.5], [1e-3, 1]), 0);
});
test('stepWithin overlooks entries that are rounding of the others', () => {
  assert.equal(step([0, 0.5], [-1e-17, 0.25]), 2);
});
