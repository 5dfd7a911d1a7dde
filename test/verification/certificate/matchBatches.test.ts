import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../../src/math/matrix';
import type { Batch } from '../../../src/types';
import { matchBatches } from '../../../src/verification/certificate/matchBatches';

const rows = (values: number[][], labels: number[]): Batch => ({
  inputs: fromRows(values),
  labels: Int32Array.from(labels),
});

test('matchBatches finds the least total error, not the nearest first', () => {
  // nearest first would take 20 with 12 (64) and leave 0 with 35 (1225); the other way round costs 225 + 144
  const pairs = matchBatches(rows([[20], [0]], [0, 0]), rows([[12], [35]], [0, 0]));
  assert.deepEqual(
    pairs.map(({ found, truth, mse }) => [found, truth, mse]),
    [
      [0, 1, 225],
      [1, 0, 144],
    ],
  );
});
test('matchBatches leaves the surplus unmatched when sizes differ', () => {
  assert.equal(matchBatches(rows([[0], [5], [9]], [0, 0, 0]), rows([[5]], [0])).length, 1);
  assert.equal(matchBatches(rows([[4]], [0]), rows([[0], [5]], [0, 0]))[0]?.truth, 1);
});
