import type * as ECharts from 'echarts';
import type { Axis, BarTrace, Figure, HeatmapTrace, ScatterTrace } from './figure';
import { png } from './png';

/** A picture that needs no script: SVG as text, PNG as base64. */
export interface StaticPicture {
  readonly mime: 'image/svg+xml' | 'image/png';
  readonly data: string;
}

/**
 * The figure for places without plotly (GitHub, nbconvert, VS Code, an untrusted notebook). Pictures become PNG, or, by
 * default, SVG around a PNG, which carries the names of rows and samples too; everything else is drawn by echarts.
 *
 * @example
 * viz.staticPicture(viz.imageGrid({ secret }), 'png').mime;  // => 'image/png'
 */
export function staticPicture(figure: Figure, format: 'svg' | 'png' = 'svg'): StaticPicture {
  if (!figure.layout.meta?.picture) return { mime: 'image/svg+xml', data: chartSvg(figure) };
  return format === 'png'
    ? { mime: 'image/png', data: mosaic(figure, 3).base64 }
    : { mime: 'image/svg+xml', data: pictureSvg(figure) };
}

/** The pixels of a picture figure as PNG, each pixel `zoom` x `zoom`. */
function mosaic({ data: [trace] }: Figure, zoom: number): { height: number; width: number; base64: string } {
  if (trace?.type !== 'heatmap' && trace?.type !== 'image') throw new Error('staticPicture: not a picture');
  const height = trace.z.length;
  const width = trace.z[0]?.length ?? 0;
  const bytes = new Uint8Array(height * width * zoom * zoom * 3);
  let at = 0;
  for (let y = 0; y < height * zoom; y++)
    for (let x = 0; x < width * zoom; x++) {
      const value = trace.z[Math.floor(y / zoom)]?.[Math.floor(x / zoom)] ?? 1;
      if (typeof value === 'number') bytes.fill(Math.round(255 * Math.min(1, Math.max(0, value))), at, at + 3);
      else bytes.set(value, at);
      at += 3;
    }
  const file = png({ height: height * zoom, width: width * zoom, channels: 3, bytes });
  return { height, width, base64: Buffer.from(file).toString('base64') };
}

function pictureSvg(figure: Figure): string {
  const { height, width, base64 } = mosaic(figure, 1);
  const { xaxis = {}, yaxis = {} } = figure.layout;
  const [first = 0, second = width] = xaxis.tickvals ?? [];
  const label = 8 * Math.max(1, ...(xaxis.ticktext ?? []).map((name) => name.length));
  const scale = Math.max(label / (second - first), Math.min(3, 900 / width)); // a column is as wide as its label
  const left = 12 + 7 * Math.max(0, ...(yaxis.ticktext ?? []).map((name) => name.length));
  const text = (x: number, y: number, anchor: string, words: string): string =>
    `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeXml(words)}</text>`;
  const labels = [
    ...ticks(yaxis).map(([at, name]) => text(left - 6, 4 + (at + 0.5) * scale, 'end', name)),
    ...ticks(xaxis).map(([at, name]) => text(left + (at + 0.5) * scale, height * scale + 16, 'middle', name)),
  ];
  const [w, h] = [round(left + width * scale + 4), round(height * scale + 24)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="sans-serif" font-size="12">`,
    `<rect width="${w}" height="${h}" fill="white"/>`,
    `<image x="${left}" y="0" width="${round(width * scale)}" height="${round(height * scale)}" preserveAspectRatio="none" style="image-rendering:pixelated" xlink:href="data:image/png;base64,${base64}"/>`,
    ...labels,
    '</svg>',
  ].join('\n');
}

function ticks({ tickvals = [], ticktext = [] }: Axis): [number, string][] {
  return tickvals.map((at, i) => [at, ticktext[i] ?? '']);
}

function chartSvg({ data, layout }: Figure): string {
  // loaded when the first figure is drawn, not when exan is imported
  const echarts = require('echarts') as typeof ECharts;
  const { width = 600, height = 360 } = layout;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  const heat = data.find((trace) => trace.type === 'heatmap');
  const named = data.flatMap((trace) => ('name' in trace && trace.name ? [trace.name] : []));
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#fff',
      title: { text: layout.title.text, left: 'center', top: 8, textStyle: { fontSize: 14 } },
      ...(named.length > 1 ? { legend: { data: named, orient: 'vertical', right: 8, top: 46 } } : {}),
      grid: { left: 70, right: named.length > 1 ? legendWidth(named) : 20, top: 46, bottom: 44, containLabel: false },
      xAxis: axis(layout.xaxis, categories(data, 'x'), false),
      yAxis: axis(layout.yaxis, heat ? categories(data, 'y') : undefined, true, floor(data)),
      ...(heat ? { visualMap: colours(heat) } : {}),
      series: data.flatMap((trace) => (trace.type === 'image' ? [] : [series(trace)])),
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** Beside the plot, as plotly puts it: a symbol and about 7 pixels a letter. */
function legendWidth(names: readonly string[]): number {
  return 56 + 7 * Math.max(...names.map((name) => name.length));
}

/** The power of ten below all bars: where they start on a logarithmic axis. */
function floor(data: Figure['data']): number {
  const heights = data.flatMap((trace) => (trace.type === 'bar' ? trace.y.filter((v) => v > 0) : []));
  return heights.length === 0 ? 0 : 10 ** Math.floor(Math.log10(Math.min(...heights)) - 1);
}

/** Names along an axis, in order of appearance, when it has names. */
function categories(data: Figure['data'], side: 'x' | 'y'): string[] | undefined {
  const values = data.flatMap((trace) => (trace.type === 'image' ? [] : [...(trace[side] ?? [])]));
  const heat = data.some((trace) => trace.type === 'heatmap' || trace.type === 'bar');
  return heat || values.some((v) => typeof v === 'string') ? [...new Set(values.map(String))] : undefined;
}

function axis(of: Axis = {}, names: string[] | undefined, vertical: boolean, lowest = 0): Record<string, unknown> {
  return {
    ...(names ? { type: 'category', data: names } : { type: of.type === 'log' ? 'log' : 'value', scale: true }),
    inverse: of.autorange === 'reversed',
    ...(of.title ? { name: of.title.text, nameLocation: 'middle', nameGap: vertical ? 52 : 28 } : {}),
    // bars rise from the bottom, not hang from 1
    ...(of.type === 'log'
      ? {
          ...(lowest > 0 ? { min: lowest, startValue: lowest } : {}),
          axisLabel: { formatter: (v: number) => v.toExponential(0) },
        }
      : {}),
  };
}

function colours({ z, zmin, zmax, colorscale }: HeatmapTrace): Record<string, unknown> {
  const values = z.flat().filter((v): v is number => v !== null);
  const range = { min: zmin ?? Math.min(...values), max: zmax ?? Math.max(...values) };
  return {
    show: false,
    ...range,
    ...(colorscale ? { inRange: { color: colorscale.map(([, colour]) => colour) } } : {}),
  };
}

function series(trace: HeatmapTrace | BarTrace | ScatterTrace): Record<string, unknown> {
  if (trace.type === 'heatmap') {
    const cells = trace.z.flatMap((line, y) => line.map((v, x) => [x, y, v ?? '-']));
    return {
      type: 'heatmap',
      data: cells,
      label: { show: trace.text !== undefined },
      itemStyle: { borderColor: '#ddd' },
    };
  }
  const points = trace.x.map((x, i) => [typeof x === 'number' ? x : String(x), trace.y[i] as number]);
  const name = trace.name === undefined ? {} : { name: trace.name };
  if (trace.type === 'bar') {
    const { text } = trace;
    const label = text
      ? { label: { show: true, position: 'inside', formatter: (p: { dataIndex: number }) => text[p.dataIndex] ?? '' } }
      : {};
    const data = trace.x.map((x, i) => [String(x), trace.y[i] as number]);
    return { type: 'bar', ...name, data, ...label };
  }
  const lines = trace.mode !== 'markers';
  const { line } = trace;
  const style = line ? { lineStyle: { width: line.width, type: line.dash === 'dot' ? 'dotted' : 'solid' } } : {};
  const symbol = trace.marker ? { symbol: trace.marker.symbol } : {};
  const symbols = { showSymbol: trace.mode !== 'lines', symbolSize: 7, ...symbol };
  return { type: lines ? 'line' : 'scatter', ...name, data: points, ...symbols, ...style };
}

function round(v: number): number {
  return Math.round(v * 100) / 100;
}

function escapeXml(words: string): string {
  return words.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
