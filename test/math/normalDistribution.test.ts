import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalCdf, normalQuantile } from '../../src/math/normalDistribution';

// scipy.stats.norm.cdf
const known = [
  [-8, 6.22096057427174e-16],
  [-6, 9.865876450376946e-10],
  [-3, 0.0013498980316300933],
  [-1.5, 0.06680720126885807],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [1.96, 0.9750021048517795],
  [4, 0.9999683287581669],
] as const;

for (const [x, p] of known)
  test(`normalCdf and normalQuantile at ${x} are SciPy's`, () => {
    assert.ok(Math.abs(normalCdf(x) - p) <= 1e-13 * p, `${normalCdf(x)}`);
    assert.ok(Math.abs(normalQuantile(p) - x) < 1e-9 * (1 + Math.abs(x)), `${normalQuantile(p)}`);
  });

test('normalQuantile ends at infinity', () => {
  assert.deepEqual([normalQuantile(0), normalQuantile(1)], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});
