import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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

test('staticPicture(heat map) puts its first row below, and above where the axis is reversed, as plotly does', () => {
  const heat = { type: 'heatmap', z: [[0], [1]], zmin: 0, zmax: 1 } as const;
  const [plain, reversed] = [{}, { yaxis: { autorange: 'reversed' } } as const].map(
    (axes) => staticPicture({ data: [heat], layout: { title: { text: '' }, ...axes } }).data,
  );
  const upsideDown = staticPicture({ data: [{ ...heat, z: [[1], [0]] }], layout: { title: { text: '' } } }).data;
  const cells = (svg = ''): string => /base64,([^"]*)/.exec(svg)?.[1] ?? '';
  assert.equal(cells(reversed), cells(upsideDown));
  assert.notEqual(cells(plain), cells(reversed));
});

test('staticPicture(bars and a line) names both and writes the heights', () => {
  const layers = [{ layer: 0, residual: 2.3e-16, tolerance: 1e-15 }];
  const { data } = staticPicture(
    residualBars({ residual: 2.3e-16, tolerance: 1e-15, worstRow: 1, verdict: 'holds', layers }),
  );
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

test('staticPicture(points) on a logarithmic axis lie evenly, one for each power of ten, and zero has no place', () => {
  const figure: Figure = {
    data: [{ type: 'scatter', mode: 'markers', x: [1e-4, 1e-2, 0, 1], y: [0, 0, 0, 0] }],
    layout: { title: { text: '' }, xaxis: { type: 'log' } },
  };
  const { data } = staticPicture(figure);
  const [a = 0, b = 0, c = 0, ...more] = [...data.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  assert.ok(Math.abs(b - a - (c - b)) < 0.02 && a < b && more.length === 0);
  for (const power of ['10⁻⁴', '10⁻²', '10⁰']) assert.ok(data.includes(`>${power}</text>`), power);
});

test('staticPicture(line) is broken where a value is missing, and null is not zero', () => {
  const y = [1, 2, null as unknown as number, 4, 5];
  const { data } = staticPicture({
    data: [{ type: 'scatter', mode: 'lines', x: [0, 1, 2, 3, 4], y }],
    layout: { title: { text: '' } },
  });
  assert.match(data, /<path d="M[^LM]*L[^LM]*M[^LM]*L[^LM]*"/);
});

test('staticPicture(bars) stand beside each other on zero', () => {
  const x = ['a', 'b'];
  const { data } = staticPicture({
    data: [
      { type: 'bar', x, y: [2, -1] },
      { type: 'bar', x, y: [1, 1] },
    ],
    layout: { title: { text: '' } },
  });
  const bars = [...data.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
    ([, ...numbers]) => numbers.map(Number) as [number, number, number, number],
  );
  const [up, down, beside] = bars as [(typeof bars)[0], (typeof bars)[0], (typeof bars)[0]];
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.03;
  assert.ok(near(up[1] + up[3], down[1]), 'both end at zero');
  assert.ok(near(up[3], 2 * down[3]) && near(up[3], 2 * beside[3]));
  assert.ok(near(beside[0], up[0] + up[2]));
});

test('staticPicture(figure) keeps every name of a legend inside the picture', () => {
  const name = 'a method with a long name, and a network';
  const line = { type: 'scatter', mode: 'lines', name, x: [0, 1], y: [0, 1] } as const;
  const { data } = staticPicture({ data: [line, line], layout: { title: { text: '' }, width: 500 } });
  const width = Number(/<svg [^>]*width="(\d+)"/.exec(data)?.[1]);
  const [, x] = new RegExp(`<text x="([\\d.]+)"[^>]*>${name}`).exec(data) ?? [];
  assert.ok(Number(x) + 6 * name.length < width && width === 500);
});

test('staticPicture(figure) has room for its title, however small what it shows', () => {
  const title = 'a title that is longer than the picture below it';
  const { data } = staticPicture({
    ...imageGrid({ one: batch }),
    layout: { ...imageGrid({ one: batch }).layout, title: { text: title } },
  });
  assert.ok(Number(/<svg [^>]*width="(\d+)"/.exec(data)?.[1]) > 7.5 * title.length);
});

test('staticPicture(figure of a user) draws what it can and says what can only be seen in plotly', () => {
  const figure = {
    data: [
      { type: 'scatter', y: [1, 2] },
      { type: 'surface', z: [[1]] },
      { type: 'bar', x: [1], y: ['a'], orientation: 'h' },
    ],
    layout: { title: 'mixed' },
  } as unknown as Figure;
  const { data } = staticPicture(figure);
  assert.ok(data.includes('>mixed</text>') && data.includes('<circle'));
  assert.ok(data.includes('>2 of 3 traces can only be seen in plotly (surface, bar)</text>'));
  const nothing = staticPicture({ data: [{ type: 'pie' }, null], layout: {} } as unknown as Figure).data;
  assert.ok(nothing.includes('>2 of 2 traces can only be seen in plotly (pie, no type)</text>'));
});

test('staticPicture(figure) says what it is to those who do not see it, and shrinks with the page', () => {
  const { data } = staticPicture(exanHeatmap({ counts: [[4, 1]] }));
  assert.match(
    data,
    /^<svg [^>]*style="max-width:100%;height:auto" role="img" aria-label="ExANs per sample and layer"/,
  );
});

test('staticPicture(figure of any content) is a picture without NaN', () => {
  const leaf = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null));
  const entries = fc.oneof(fc.array(leaf), fc.array(fc.double()), fc.array(fc.array(fc.double())), leaf);
  const type = fc.constantFrom('bar', 'scatter', 'heatmap', 'image', 'pie');
  const parts = { x: entries, y: entries, z: entries, text: entries, name: leaf, mode: leaf, colorscale: entries };
  const trace = fc.record({ type, ...parts, zmin: leaf, marker: leaf, line: leaf }, { requiredKeys: ['type'] });
  const scales = fc.constantFrom('log', 'linear', 'category');
  const axis = fc.record({ type: scales, title: leaf, tickvals: entries, ticktext: entries }, { requiredKeys: [] });
  const layout = fc.record({ title: leaf, xaxis: axis, yaxis: axis }, { requiredKeys: [] });
  const drawn = fc.property(fc.record({ data: fc.array(trace, { maxLength: 3 }), layout }), (figure) => {
    const { data } = staticPicture(figure as unknown as Figure);
    assert.match(data, /^<svg [\s\S]*<\/svg>$/);
    assert.doesNotMatch(data.replace(/>[^<]*</g, '><'), /NaN|Infinity|undefined/);
  });
  fc.assert(drawn, { seed: 1, numRuns: 1000 });
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

test('staticPicture(figure of hostile strings) holds them as text only, wherever they stand', () => {
  const evil = `image://x"'><script onload="a()">&\u0000\u001b\ud800`;
  const values = [evil, `${evil}2`];
  const common = { name: evil, x: values, text: values, marker: { symbol: evil, color: evil }, line: evil };
  const axis = { title: { text: evil }, type: evil, tickvals: values, ticktext: values, autorange: evil };
  const cells = {
    z: [values, values],
    zmin: evil,
    zmax: evil,
    colorscale: [
      [0, evil],
      [evil, evil],
    ],
  };
  const traces = [
    { ...common, type: 'scatter', mode: 'lines+markers', y: [1, 2] },
    { ...common, type: 'scatter', mode: `lines${evil}`, y: values, line: { width: evil, dash: 'dot' } },
    { ...common, type: 'bar', y: [1, 2] },
    { ...common, ...cells, type: 'heatmap', text: [values, values], y: values },
    { ...cells, type: 'image' },
    { type: evil },
  ];
  const layout = {
    title: { text: evil },
    width: evil,
    height: evil,
    xaxis: axis,
    yaxis: { ...axis, scaleanchor: evil },
  };
  for (const data of [traces, ...traces.map((trace) => [trace])]) {
    const svg = staticPicture({ data, layout } as unknown as Figure).data;
    assert.match(svg, /image:\/\/x&#34;&#39;&#62;&#60;script/);
    // tags with quoted attributes and text between them: nothing else is left over
    const rest = svg.replace(/<\/?[a-z]+(?: [a-zA-Z0-9:-]+="[^"<>]*")*\/?>/g, '');
    assert.doesNotMatch(rest.replaceAll('\n', ''), /[<>"\p{Cc}\p{Cs}]/u);
    assert.doesNotMatch(svg, /<(?!\/?(?:svg|rect|line|path|circle|image|text)\b)/);
  }
});
