import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepWeights } from '../../src/gradient/stepWeights';

test('stepWeights: each step counts once, and under momentum in all later ones too', () => {
  assert.deepEqual([...stepWeights(3)], [1, 1, 1]);
  assert.deepEqual([...stepWeights(3, 0.5)], [1.75, 1.5, 1]);
  assert.deepEqual([...stepWeights(1, 0.9)], [1]);
});
