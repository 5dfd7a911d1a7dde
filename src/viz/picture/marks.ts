import type { BarTrace, HeatmapTrace, ScatterTrace, Trace } from '../figure';
import { heatColours } from './colours';
import { columns, type PixelTrace, pixels } from './pixels';
import type { Scale, Value } from './scale';
import { element, text } from './svg';

/** Where a figure is drawn: its scales, and the pixels of the plot's edges. */
export interface Area {
  readonly x: Scale;
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Values along one side; a trace without them counts its points, and cells go by name, evenly spaced as they are drawn. */
export function valuesOf(trace: Trace, side: 'x' | 'y'): readonly Value[] {
  if (trace.type === 'bar' || trace.type === 'scatter')
    return side === 'y' ? trace.y : (trace.x ?? trace.y.map((_, i) => i));
  const given = trace.type === 'heatmap' ? trace[side]?.map(String) : undefined;
  return given ?? Array.from({ length: side === 'x' ? columns(trace) : trace.z.length }, (_, i) => i);
}

/** Cells as one picture, with their texts above. */
export function cells(trace: PixelTrace, { x, y, left, right, top, bottom }: Area): string[] {
  const [across, down] = [valuesOf(trace, 'x'), valuesOf(trace, 'y')];
  const flipped = (s: Scale, values: readonly Value[]): boolean => s.at(values.at(-1) ?? 0) < s.at(values[0] ?? 0);
  const picture = element('image', {
    ...{ x: left, y: top, width: right - left, height: bottom - top, preserveAspectRatio: 'none' },
    style: 'image-rendering:pixelated',
    'xlink:href': `data:image/png;base64,${pixels(turned(trace, flipped(y, down), flipped(x, across)), 1)}`,
  });
  return trace.type === 'heatmap' && trace.text ? [picture, ...cellTexts(trace, x, y)] : [picture];
}

/** The trace with its last row or column first. */
function turned<T extends PixelTrace>(trace: T, rows: boolean, columns: boolean): T {
  const lines: readonly (readonly unknown[])[] = rows ? [...trace.z].reverse() : trace.z;
  return { ...trace, z: columns ? lines.map((line) => [...line].reverse()) : lines };
}

function cellTexts(trace: HeatmapTrace, x: Scale, y: Scale): string[] {
  const colour = heatColours(trace);
  const [across, down] = [valuesOf(trace, 'x'), valuesOf(trace, 'y')];
  return (trace.text ?? []).flatMap((line, r) =>
    line.map((words, c) => {
      const [red, green, blue] = colour(trace.z[r]?.[c] ?? 0);
      const fill = 0.3 * red + 0.6 * green + 0.1 * blue < 128 ? '#fff' : '#333';
      return text(words, { x: x.at(across[c] ?? c), y: y.at(down[r] ?? r) + 4, 'text-anchor': 'middle', fill });
    }),
  );
}

/** Bars beside each other, from zero or, on a logarithmic axis, from the bottom; their texts inside. */
export function bars(trace: BarTrace, [nth, of]: readonly [number, number], colour: string, area: Area): string[] {
  const { x, y, left, right, bottom } = area;
  const centres = valuesOf(trace, 'x').map(x.at);
  const sorted = [...new Set(centres.filter(Number.isFinite))].sort((a, b) => a - b);
  const gap = sorted.slice(1).reduce((least, v, i) => Math.min(least, v - (sorted[i] ?? 0)), right - left);
  const width = (0.8 * (x.band ?? gap)) / of;
  const zero = y.at(0);
  const base = Number.isFinite(zero) ? zero : bottom;
  return centres.flatMap((centre, i) => {
    const end = y.at(trace.y[i] ?? Number.NaN);
    if (!Number.isFinite(centre + end)) return [];
    const at = centre + (nth - of / 2) * width;
    const bar = element('rect', { x: at, y: Math.min(end, base), width, height: Math.abs(end - base), fill: colour });
    const words = trace.text?.[i];
    if (words === undefined) return [bar];
    const inside = Math.abs(end - base) > 18;
    const label = { x: at + width / 2, y: inside ? (end + base) / 2 + 4 : Math.min(end, base) - 4 };
    return [bar, text(words, { ...label, 'text-anchor': 'middle', fill: inside ? '#fff' : undefined })];
  });
}

/** Points and the lines between them, broken where a value has no place. */
export function points(trace: ScatterTrace, colour: string, { x, y }: Area): string[] {
  const { mode = 'lines+markers', marker, line } = trace;
  const at = valuesOf(trace, 'x').map((v, i) => [x.at(v), y.at(trace.y[i] ?? Number.NaN)] as const);
  const there = at.map(([u, v]) => Number.isFinite(u + v));
  const path = at.map(([u, v], i) => (there[i] ? `${there[i - 1] ? 'L' : 'M'}${u.toFixed(1)} ${v.toFixed(1)}` : ''));
  return [
    ...(mode.includes('lines') ? [linePath(path.join(''), line, colour)] : []),
    ...(mode.includes('markers') ? at.filter((_, i) => there[i]).map((p) => symbol(p, marker?.symbol, colour)) : []),
  ];
}

/** A line as the trace says it is to look. */
export function linePath(d: string, line: ScatterTrace['line'], stroke: string): string {
  const width = line?.width ?? 2;
  const dash = line?.dash === 'dot' ? `${width} ${width}` : undefined;
  return element('path', { d, fill: 'none', stroke, 'stroke-width': width, 'stroke-dasharray': dash });
}

/** A marker. */
export function symbol([x, y]: readonly [number, number], kind: string | undefined, fill: string): string {
  if (kind === 'diamond')
    return element('path', { d: `M${x.toFixed(1)} ${(y - 4.5).toFixed(1)}l4.5 4.5l-4.5 4.5l-4.5 -4.5z`, fill });
  return kind === 'square'
    ? element('rect', { x: x - 3, y: y - 3, width: 6, height: 6, fill })
    : element('circle', { cx: x, cy: y, r: 3, fill });
}
