import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from '../../src/viz/figure';
import { robustness } from '../../src/viz/robustness';
import { rounded } from './rounded';

const at = (level: number, visible: number, exact: number, kind = 'noise') => ({
  ...{ kind, level, attack: 'ExAN' },
  visible: { mean: visible },
  exact: { mean: exact },
});

test('robustness(rows) draws two lines per attack over the level, smallest first, other kinds left out', () => {
  const figure = rounded(
    robustness([at(0.1, 0.5, 0), at(0.01, 1, 0.25), at(0.5, 1, 1, 'prune'), at(0, 1, 1)]),
  ) as Figure;
  const drawn = { type: 'scatter', mode: 'lines+markers' };
  assert.deepEqual(figure.data, [
    { ...drawn, name: 'ExAN, visible', line: { width: 2, dash: 'solid' }, x: [0.01, 0.1], y: [1, 0.5] },
    { ...drawn, name: 'ExAN, MSE ≤ 1e-6', line: { width: 2, dash: 'dot' }, x: [0.01, 0.1], y: [0.25, 0] },
  ]);
});
test('robustness names the kind that no row is of', () => {
  assert.throws(() => robustness([at(0.5, 1, 1, 'prune')]), /no row of kind 'noise'/);
});
