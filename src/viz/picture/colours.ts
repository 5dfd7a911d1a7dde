import type { HeatmapTrace, Layout } from '../figure';

/** Red, green, blue in 0..255. */
export type Rgb = readonly [number, number, number];

/** The colours that plotly gives to traces, one after the other, unless the layout has others. */
const usual = [
  ...['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd'],
  ...['#8c564b', '#e377c2', '#7f7f7f', '#bcbd22', '#17becf'],
];

/** The colour of a figure's trace. */
export function traceColour(index: number, { colorway }: Layout): string {
  const own = Array.isArray(colorway) ? colorway.filter((colour) => /^#[\da-f]{6}$/.test(String(colour))) : [];
  const palette = own.length > 0 ? own : usual;
  return palette[index % palette.length] ?? '#000';
}

/** The values of a heat map's first and last colour. */
export function heatRange({ z, zmin, zmax }: HeatmapTrace): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const line of z)
    for (const v of line) {
      if (v === null || !Number.isFinite(v)) continue;
      least = Math.min(least, v);
      most = Math.max(most, v);
    }
  return least <= most ? [zmin ?? least, zmax ?? most] : [zmin ?? 0, zmax ?? 1];
}

/** The colour of a heat map's value: between the stops of its colour scale, of which only `rgb(r,g,b)` is read. */
export function heatColours(trace: HeatmapTrace): (value: number) => Rgb {
  const [low, high] = heatRange(trace);
  const { colorscale } = trace;
  const read = Array.isArray(colorscale) ? colorscale.map(([at, colour]) => ({ at, rgb: rgb(colour) })) : [];
  const stops = read.length > 1 && read.every((stop) => stop.rgb) ? (read as readonly Stop[]) : blues;
  return (value) => {
    const t = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;
    const next = Math.max(
      1,
      stops.findIndex((stop) => t <= stop.at),
    );
    const [a, b] = [stops[next - 1], stops[next]] as [Stop, Stop];
    const share = b.at > a.at ? (t - a.at) / (b.at - a.at) : 0;
    const between = (c: 0 | 1 | 2): number => Math.round(a.rgb[c] + share * (b.rgb[c] - a.rgb[c]));
    return [between(0), between(1), between(2)];
  };
}

interface Stop {
  readonly at: number;
  readonly rgb: Rgb;
}

const blues: readonly Stop[] = [
  { at: 0, rgb: [255, 255, 255] },
  { at: 1, rgb: [8, 81, 156] },
];

function rgb(colour: string): Rgb | undefined {
  const [, r, g, b] = /^rgb\( *(\d+) *, *(\d+) *, *(\d+) *\)$/.exec(colour) ?? [];
  return b === undefined ? undefined : [Number(r), Number(g), Number(b)];
}
