import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confidence } from '../../src/math/confidence';

test('confidence is Student t: 1, 2, 3 gives 2 +- 4.303/sqrt(3)', () => {
  const { mean, high } = confidence([1, 2, 3]);
  assert.equal(mean, 2);
  assert.ok(Math.abs(high - 2 - 4.303 / Math.sqrt(3)) < 1e-12);
  assert.throws(() => confidence([]), /no values/);
});
