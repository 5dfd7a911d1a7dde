/** A matrix drawn as coloured cells; null leaves a cell empty. */
export interface HeatmapTrace {
  readonly type: 'heatmap';
  readonly z: readonly (readonly (number | null)[])[];
  readonly x?: readonly (string | number)[];
  readonly y?: readonly (string | number)[];
  readonly text?: readonly (readonly string[])[];
  readonly texttemplate?: string;
  readonly zmin?: number;
  readonly zmax?: number;
  readonly colorscale?: readonly (readonly [number, string])[];
  readonly showscale?: boolean;
  readonly hovertemplate?: string;
}

/** Pixels: one [red, green, blue] in 0..255 per cell; null leaves it to the page. */
export interface ImageTrace {
  readonly type: 'image';
  readonly z: readonly (readonly (readonly [number, number, number] | null)[])[];
  readonly hoverinfo?: 'skip';
}

export interface BarTrace {
  readonly type: 'bar';
  readonly name?: string;
  readonly x: readonly (string | number)[];
  readonly y: readonly number[];
  readonly text?: readonly string[];
}

export interface ScatterTrace {
  readonly type: 'scatter';
  readonly name?: string;
  readonly mode: 'lines' | 'markers' | 'lines+markers';
  readonly marker?: { readonly symbol: 'circle' | 'diamond' | 'square' };
  readonly line?: { readonly width: number; readonly dash: 'solid' | 'dot' };
  readonly x: readonly (string | number)[];
  readonly y: readonly number[];
}

export type Trace = HeatmapTrace | ImageTrace | BarTrace | ScatterTrace;

export interface Axis {
  readonly title?: { readonly text: string };
  readonly type?: 'linear' | 'log' | 'category';
  readonly autorange?: 'reversed';
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  /** keeps labels clear of a legend below */
  readonly automargin?: true;
  readonly exponentformat?: 'power';
  readonly showgrid?: boolean;
  readonly showline?: boolean;
  readonly zeroline?: boolean;
  readonly scaleanchor?: 'x';
  readonly constrain?: 'domain';
}

/** Words at a place of the plot. */
export interface Annotation {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly showarrow: false;
  readonly font?: { readonly size: number };
}

/** Where the names of traces stand: below the plot, in as many lines as the page needs. */
const legendBelow = { orientation: 'h', yref: 'container', yanchor: 'bottom', y: 0 } as const;

/** Colours of traces that colour-blind people tell apart (Okabe & Ito 2008), grey in place of black and yellow, which dark and light pages swallow. */
export const colorway: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#666666',
];

/** What the layout of a figure with named traces has. */
export const named: { readonly legend: typeof legendBelow; readonly colorway: typeof colorway } = {
  legend: legendBelow,
  colorway,
};

/** The logarithmic axis of batch sizes, each with its number. */
export function sizesAxis(sizes: readonly number[]): Axis {
  const title = { text: 'samples in the batch' };
  return { automargin: true, title, type: 'log', tickvals: sizes, ticktext: sizes.map(String) };
}

const symbols = ['circle', 'diamond', 'square'] as const;

/** The marker of a trace: another one each time that the colours come again. */
export function markerOf(index: number): NonNullable<ScatterTrace['marker']> {
  return { symbol: symbols[Math.floor(index / colorway.length) % symbols.length] ?? 'circle' };
}

export interface Layout {
  readonly title: { readonly text: string };
  /** pixels; absent: as wide as the page */
  readonly width?: number;
  readonly height?: number;
  /** pixels around the plot: left, right, top, bottom */
  readonly margin?: { readonly l: number; readonly r: number; readonly t: number; readonly b: number };
  readonly xaxis?: Axis;
  readonly yaxis?: Axis;
  readonly legend?: typeof legendBelow;
  /** colours of traces, one after the other. @default plotly's own */
  readonly colorway?: readonly string[];
  readonly annotations?: readonly Annotation[];
  /** pixels are picture elements, not measurements: drawn square, without a colour bar */
  readonly meta?: { readonly picture: true };
}

/** A figure is data first: what plotly draws, as a plain object. */
export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
}

/** Pixels of a notebook's output on a page of 700: what is wider would be cut there. */
const narrow = 560;

/** The width of a figure that every page has room for; one that needs more takes what its page has. */
export function widthOf(pixels: number): { readonly width?: number } {
  return pixels <= narrow ? { width: pixels } : {};
}

/** The title of a figure or an axis; in a user's own figure it may be missing, or a plain string. */
export function titleOf({ title }: Layout | Axis): string {
  return typeof title === 'string' ? title : String(title?.text ?? '');
}
