import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../src/math/matrix';
import { exanHeatmap } from '../../src/viz/exanHeatmap';
import type { Figure } from '../../src/viz/figure';
import { imageGrid } from '../../src/viz/imageGrid';
import { residualBars } from '../../src/viz/residualBars';
import { staticPicture } from '../../src/viz/staticPicture';

const batch = {
  inputs: fromRows([[0, 1, 0.5, 0.2]]),
  labels: Int32Array.of(4),
  image: { height: 2, width: 2, channels: 1 },
};

test('staticPicture(heat map) is SVG with a cell and its number for each entry', () => {
  const { mime, data } = staticPicture(
    exanHeatmap({
      counts: [
        [4, 1],
        [17, 2],
      ],
    }),
  );
  assert.equal(mime, 'image/svg+xml');
  assert.match(data, /^<svg /);
  for (const words of ['ExANs per sample and layer', 'sample 1', 'ReLU 1', '17'])
    assert.ok(data.includes(`>${words}</text>`), words);
});

test('staticPicture(bars and a line) names both and writes the heights', () => {
  const layers = [{ layer: 0, residual: 2.3e-16 }];
  const { data } = staticPicture(residualBars({ residual: 2.3e-16, tolerance: 1e-9, verdict: 'holds', layers }));
  for (const words of ['layer 0', '2.3e-16', 'tolerance', 'relative residual'])
    assert.ok(data.includes(`>${words}</text>`), words);
});

test('staticPicture(points) draws numbers along the horizontal axis to scale', () => {
  const figure: Figure = {
    data: [{ type: 'scatter', mode: 'markers', x: [1, 2, 64], y: [1, 2, 3] }],
    layout: { title: { text: 'cost' } },
  };
  assert.ok(staticPicture(figure).data.includes('>60</text>'));
});

test('staticPicture(image grid) is SVG with names around a PNG, or the PNG alone', () => {
  const grid = imageGrid({ '<truth>': batch });
  const svg = staticPicture(grid);
  assert.equal(svg.mime, 'image/svg+xml');
  assert.match(svg.data, /href="data:image\/png;base64,iVBOR/);
  assert.match(svg.data, />label 4<\/text>/);
  assert.match(svg.data, />&#60;truth&#62;<\/text>/);
  const alone = staticPicture(grid, 'png');
  assert.equal(alone.mime, 'image/png');
  assert.equal(Buffer.from(alone.data, 'base64').readUInt32BE(16), 6, 'two pixels wide, each three');
});
