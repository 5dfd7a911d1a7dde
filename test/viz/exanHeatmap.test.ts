import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exanHeatmap } from '../../src/viz/exanHeatmap';

test('exanHeatmap(state) of a batch without any ExAN keeps a colour scale above zero', () => {
  const [trace] = exanHeatmap({ counts: [[0], [0]] }).data;
  assert.equal(trace?.type === 'heatmap' && trace.zmax, 1);
});

test('exanHeatmap(state) says that it needs a sample', () => {
  assert.throws(() => exanHeatmap({ counts: [] }), /no samples, expected at least one/);
});
