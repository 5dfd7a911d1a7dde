import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exanHeatmap } from '../../src/viz/exanHeatmap';
import { rounded } from './rounded';

test('exanHeatmap(state) has one row per sample, one column per ReLU layer, and writes the counts', () => {
  assert.deepEqual(
    rounded(
      exanHeatmap({
        counts: [
          [4, 1],
          [0, 2],
        ],
      }),
    ),
    {
      data: [
        {
          type: 'heatmap',
          z: [
            [4, 1],
            [0, 2],
          ],
          x: ['ReLU 0', 'ReLU 1'],
          y: ['sample 0', 'sample 1'],
          text: [
            ['4', '1'],
            ['0', '2'],
          ],
          texttemplate: '%{text}',
          zmin: 0,
          zmax: 4,
          colorscale: [
            [0, 'rgb(255,255,255)'],
            [1, 'rgb(8,81,156)'],
          ],
          hovertemplate: '%{y}, %{x}: %{z} ExANs<extra></extra>',
        },
      ],
      layout: {
        title: { text: 'ExANs per sample and layer' },
        width: 440,
        height: 152,
        margin: { l: 90, r: 90, t: 50, b: 50 },
        xaxis: { type: 'category' },
        yaxis: { type: 'category', autorange: 'reversed' },
      },
    },
  );
});

test('exanHeatmap(state) of a batch without any ExAN keeps a colour scale above zero', () => {
  const [trace] = exanHeatmap({ counts: [[0], [0]] }).data;
  assert.equal(trace?.type === 'heatmap' && trace.zmax, 1);
});

test('exanHeatmap(state) says that it needs a sample', () => {
  assert.throws(() => exanHeatmap({ counts: [] }), /no samples, expected at least one/);
});
