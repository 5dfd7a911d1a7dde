import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activationPattern } from '../../src/exclusivity/activationPattern';
import { peelingRounds } from '../../src/exclusivity/peelingRounds';
import { fromRows } from '../../src/math/matrix';

const rounds = (rows: number[][]) =>
  peelingRounds({ patterns: [activationPattern(fromRows(rows))], exans: [], counts: [] });

test('taking a sample away makes the neurons it shared exclusive for the other', () => {
  assert.deepEqual(
    rounds([
      [1, 1, 1, 1],
      [0, 0, 1, 1],
    ]),
    [1, 2],
  );
});
test('samples with equal patterns are never reached', () => {
  assert.deepEqual(
    rounds([
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 1, 1],
    ]),
    [0, 0, 1],
  );
});
