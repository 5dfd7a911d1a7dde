import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../src/math/matrix';
import { mimeBundle } from '../../src/notebook/mimeBundle';
import type { Reconstruction } from '../../src/reconstruction/result';
import { exanHeatmap } from '../../src/viz/exanHeatmap';
import { imageGrid } from '../../src/viz/imageGrid';

const found: Reconstruction = {
  status: 'partial',
  method: 'exan',
  batchSize: 2,
  samples: [
    {
      status: 'approximate',
      how: 'exan',
      label: 7,
      exans: [3, 2],
      input: Float64Array.of(1),
      error: 1e-12,
      reason: 'known within its error bar',
    },
    { status: 'not-recovered', exans: [0, 1], reason: 'no exclusive neuron at ReLU 0' },
  ],
  reason: 'one sample is out of reach',
  noise: 1e-16,
  residual: 0.25,
  systems: [],
  reduction: 'mean',
  scale: 1,
  search: { starts: 0, hits: 0 },
  seconds: 0.01,
  backend: 'float64',
};

test('a figure is plotly JSON, SVG and words in one bundle', () => {
  const figure = exanHeatmap({ counts: [[2, 1]] });
  const bundle = mimeBundle(figure);
  assert.deepEqual(Object.keys(bundle), ['application/vnd.plotly.v1+json', 'image/svg+xml', 'text/plain']);
  const config = { showSendToCloud: false, plotlyServerURL: '' };
  assert.deepEqual(bundle['application/vnd.plotly.v1+json'], { ...figure, config });
  assert.equal(bundle['text/plain'], '[figure] ExANs per sample and layer\nsample 0: 2 1');
});

test("a figure of a user's own, of any kind and without a title, is shown too", () => {
  const bundle = mimeBundle({
    data: [
      { type: 'pie', values: [1, 2] },
      { type: 'bar', y: [1] },
    ],
    layout: {},
  });
  assert.equal(bundle['text/plain'], '[figure] ');
  assert.match(String(bundle['image/svg+xml']), /1 of 2 traces can only be seen in plotly \(pie\)/);
});

test('figures of every kind are shown, with or without layout, and what JSON would not carry as lists', () => {
  const plotly = 'application/vnd.plotly.v1+json';
  for (const type of ['pie', 'histogram', 'surface', 'box', 'scatter3d', 'sankey', 'violin', 'bar', 'heatmap', 'image'])
    for (const rest of [
      {},
      { layout: {} },
      { layout: { title: 'mine' } },
      { layout: { annotations: 7, meta: { picture: true } } },
    ]) {
      const bundle = mimeBundle({ data: [{ type, values: [1], x: [1, 2], z: [[1, 2]] }], ...rest });
      assert.equal((bundle[plotly] as { data: { type: string }[] }).data[0]?.type, type);
      assert.match(String(bundle['text/plain']), /^\[figure\]/);
    }
  const y = Float64Array.of(1, 2.5);
  const { data, layout } = mimeBundle({ data: [{ type: 'violin', y }], layout: { title: 'mine' } })[plotly] as {
    data: unknown;
    layout: unknown;
  };
  assert.deepEqual({ data, layout }, { data: [{ type: 'violin', y: [1, 2.5] }], layout: { title: { text: 'mine' } } });
});

test('a figure offers no upload, even where it asks for one', () => {
  const { config } = mimeBundle({
    data: [],
    layout: {},
    config: { showSendToCloud: true, plotlyServerURL: 'http://x', scrollZoom: true },
  })['application/vnd.plotly.v1+json'] as { config: unknown };
  assert.deepEqual(config, { showSendToCloud: false, plotlyServerURL: '', scrollZoom: true });
});

test('a static picture that fails does not hide the figure', () => {
  const layout = { annotations: [null], meta: { picture: true } };
  const bundle = mimeBundle({ data: [{ type: 'heatmap', z: [7] }], layout });
  assert.ok('application/vnd.plotly.v1+json' in bundle && !('image/png' in bundle));
  assert.equal(bundle['text/plain'], '[figure]');
});

test('an image grid has a PNG as well, for notebooks that are not trusted', () => {
  const image = { height: 1, width: 1, channels: 1 };
  const bundle = mimeBundle(imageGrid({ truth: { inputs: fromRows([[1]]), labels: Int32Array.of(0), image } }));
  assert.ok('image/png' in bundle && 'image/svg+xml' in bundle);
});

test('a certificate is one line that can be quoted, and a row per layer', () => {
  const layers = [{ layer: 0, residual: 2e-16, tolerance: 1e-15 }];
  const bundle = mimeBundle({ residual: 3.1e-16, tolerance: 1e-15, worstRow: 1.25, verdict: 'holds', layers });
  assert.equal(
    bundle['text/plain'],
    'certificate holds: residual 3.1e-16, worst row at 1.25 standard deviations of the arithmetic (6 allowed)\nlayer  residual  tolerance\n    0   2.0e-16    1.0e-15',
  );
  const failed = mimeBundle({ residual: 0.2, tolerance: 1e-15, worstRow: 1e12, verdict: 'fails', layers });
  assert.match(
    String(failed['text/plain']),
    /^certificate fails: residual 0.2, worst row at 1.0e\+?12 standard deviations/,
  );
});

test('a reconstruction names each sample, and why one was not recovered', () => {
  const text = String(mimeBundle(found)['text/plain']);
  assert.match(
    text,
    /^partial by exan, 2 samples, residual 0.25: one sample is out of reach; a sample that was not recovered is not safe: .*\n/,
  );
  assert.match(text, /0 +7 +approximate +3, 2 +known within its error bar\n/);
  assert.match(text, /1 +not-recovered +0, 1 +no exclusive neuron at ReLU 0$/);
});

test('rows and plain objects are tables, anything else is text', () => {
  assert.equal(mimeBundle([{ M: 8 }])['text/plain'], 'M\n8');
  assert.equal(mimeBundle({ M: 8 })['text/plain'], 'M  8');
  assert.deepEqual(mimeBundle('plain'), { 'text/plain': 'plain' });
  assert.deepEqual(mimeBundle(undefined), { 'text/plain': 'undefined' });
  assert.deepEqual(mimeBundle(new Map([[1, 2]])), { 'text/plain': 'Map(1) { 1 => 2 }' });
});

test('a bundle is passed on as it is', () => {
  const bundle = { 'text/plain': 'a', 'text/html': '<b>a</b>' };
  assert.equal(mimeBundle(bundle), bundle);
});

test('a batch of pictures is shown as pictures, an exclusivity state as its heat map and its interactive map', () => {
  const image = { height: 1, width: 1, channels: 1 };
  const batch = mimeBundle({ inputs: fromRows([[1]]), labels: Int32Array.of(0), image });
  assert.ok('application/vnd.plotly.v1+json' in batch);
  assert.equal(batch['text/plain'], 'batch of 1 sample of 1 x 1 x 1, labels 0');
  const pattern = { samples: 2, neurons: 3, fires: Uint8Array.of(1, 1, 0, 1, 0, 0) };
  const state = mimeBundle({ patterns: [pattern], exans: [[[1], []]], counts: [[1], [0]] });
  assert.equal(state['text/plain'], '[figure] ExANs per sample and layer\nsample 0: 1\nsample 1: 0');
  assert.deepEqual(state['application/vnd.exan.exclusivity+json'], {
    layers: [
      {
        neurons: 3,
        samples: [
          { fires: [0, 1], exans: [1] },
          { fires: [0], exans: [] },
        ],
      },
    ],
  });
});
