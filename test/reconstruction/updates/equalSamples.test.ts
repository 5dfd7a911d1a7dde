import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalSamples } from '../../../src/reconstruction/updates/equalSamples';

test('samples that moved the weights alike stand once each', () => {
  assert.deepEqual(equalSamples(Float64Array.of(1, 1.1, 0.95)), [[1, 1, 1]]);
});
test('one that moved them twice as much may stand twice, in the smallest numbers that agree', () => {
  const [once, twice] = equalSamples(Float64Array.of(1, 2.1, 0.95));
  assert.deepEqual(
    [once, twice],
    [
      [1, 1, 1],
      [1, 2, 1],
    ],
  );
  assert.ok(equalSamples(Float64Array.of(3, 2, 2)).some((copies) => String(copies) === '3,2,2'));
});
test('where mini-batches tell the size of the batch, its samples are shared out', () => {
  assert.ok(equalSamples(Float64Array.of(1, 1, 1, 1), [8]).some((copies) => String(copies) === '2,2,2,2'));
});
