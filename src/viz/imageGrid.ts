import { check } from '../check';
import { row } from '../math/matrix';
import type { Batch, ImageShape } from '../types';
import { matchBatches } from '../verification/certificate/matchBatches';
import type { Axis, Figure } from './figure';

/** Options of {@link imageGrid}. */
export interface ImageGridOptions {
  /** height, width and channels of a sample; @default that of the first batch which has one */
  readonly image?: ImageShape;
  /** put each sample below the most similar one of the first batch; @default true */
  readonly align?: boolean;
  /** below the samples of the first batch; @default their labels */
  readonly captions?: readonly string[];
  /** what the captions are; @default nothing */
  readonly caption?: string;
  /** @default the names */
  readonly title?: string;
}

/** Pixels between two pictures. */
const GAP = 2;

/**
 * Batches as rows of pictures, one row per name, in the order given; values are read as 0 (black) to 1 (white).
 * Grey pictures become one heat map, colour pictures one image trace. A sample without a partner leaves its place empty.
 *
 * @throws InputError when no batch is given, or when no shape is known or it does not fit the samples
 * @example
 * viz.imageGrid({ truth: secret, exan: recovered(found) }).layout.yaxis?.ticktext;  // => ['truth', 'exan']
 */
export function imageGrid(batches: Readonly<Record<string, Batch>>, options: ImageGridOptions = {}): Figure {
  const names = Object.keys(batches);
  const rows = Object.values(batches);
  const [first] = rows;
  check(first !== undefined, () => 'imageGrid: no batch, expected at least one, e.g. { truth: batch }');
  const shape = shapeOf(batches, options.image);
  const { height, width, channels } = shape;
  const places = rows.map((batch) =>
    options.align === false || batch === first ? [...batch.labels.keys()] : below(batch, first),
  );
  const columns = Math.max(...places.map((place) => place.length));
  const total = { height: rows.length * (height + GAP) - GAP, width: columns * (width + GAP) - GAP };
  const pixels = Array.from({ length: total.height }, (_, y) =>
    Array.from({ length: total.width }, (_, x) => pixelAt(rows, places, shape, y, x)),
  );
  const centre = (i: number, size: number): number => i * (size + GAP) + (size - 1) / 2;
  const captions = options.captions ?? labelsOf(first, columns > 12);
  const longest = Math.max(...captions.map((text) => text.length));
  const least = columns > 12 ? 1 : Math.max(50, 7 * longest) / (width + GAP); // as wide as a caption
  const scale = Math.max(least, Math.min(3, 900 / total.width));
  const margin = {
    l: 20 + 8 * Math.max(...names.map((name) => name.length)),
    r: 20,
    t: 40,
    b: options.caption ? 60 : 40,
  };
  const bare = { showgrid: false, zeroline: false } satisfies Axis;
  return {
    data: [channels === 1 ? grey(pixels) : colour(pixels)],
    layout: {
      title: { text: options.title ?? names.join(', ') },
      width: Math.round(total.width * scale) + margin.l + margin.r,
      height: Math.round(total.height * scale) + margin.t + margin.b,
      margin,
      xaxis: {
        ...bare,
        constrain: 'domain',
        ...(options.caption && { title: { text: options.caption } }),
        tickvals: [...first.labels.keys()].map((m) => centre(m, width)),
        ticktext: captions,
        tickangle: 0,
      },
      yaxis: {
        ...bare,
        scaleanchor: 'x',
        constrain: 'domain',
        autorange: 'reversed',
        tickvals: names.map((_, r) => centre(r, height)),
        ticktext: names,
      },
      meta: { picture: true },
    },
  };
}

function labelsOf({ labels }: Batch, short: boolean): string[] {
  return Array.from(labels, (label) => (short ? String(label) : `label ${label}`));
}

function shapeOf(batches: Readonly<Record<string, Batch>>, given: ImageShape | undefined): ImageShape {
  const shape = given ?? Object.values(batches).find((batch) => batch.image)?.image;
  check(
    shape !== undefined,
    () => `imageGrid: no batch says its picture's shape; pass { image: { height, width, channels } }`,
  );
  const { height, width, channels } = shape;
  check(channels === 1 || channels === 3, () => `imageGrid: ${channels} channels, expected 1 or 3`);
  for (const [name, { inputs }] of Object.entries(batches))
    check(
      inputs.columns === height * width * channels,
      () =>
        `imageGrid: samples of '${name}' have ${inputs.columns} entries, a picture ${height} x ${width} x ${channels}`,
    );
  return shape;
}

/** The value of each channel at a place of the grid; null between pictures and where none is. */
function pixelAt(
  rows: readonly Batch[],
  places: readonly (readonly number[])[],
  { height, width, channels }: ImageShape,
  y: number,
  x: number,
): readonly number[] | null {
  const [r, c] = [Math.floor(y / (height + GAP)), Math.floor(x / (width + GAP))];
  const [v, u] = [y - r * (height + GAP), x - c * (width + GAP)];
  const sample = places[r]?.[c];
  if (sample === undefined || sample < 0 || v >= height || u >= width) return null;
  const values = row((rows[r] as Batch).inputs, sample);
  const at = (v * width + u) * channels;
  return [...values.subarray(at, at + channels)];
}

/** For each sample of the reference the sample that goes below it, or -1; samples left over follow. */
function below(batch: Batch, reference: Batch): number[] {
  const places = new Array<number>(reference.labels.length).fill(-1);
  for (const { found, truth } of matchBatches(batch, reference)) places[truth] = found;
  return [...places, ...[...batch.labels.keys()].filter((sample) => !places.includes(sample))];
}

type Pixels = readonly (readonly (readonly number[] | null)[])[];

function grey(pixels: Pixels): Figure['data'][number] {
  return {
    type: 'heatmap',
    z: pixels.map((line) => line.map((p) => (p ? Math.round((p[0] as number) * 1e4) / 1e4 : null))),
    zmin: 0,
    zmax: 1,
    colorscale: [
      [0, 'rgb(0,0,0)'],
      [1, 'rgb(255,255,255)'],
    ],
    showscale: false,
    hovertemplate: '%{z}<extra></extra>',
  };
}

function colour(pixels: Pixels): Figure['data'][number] {
  const byte = (v: number): number => Math.round(255 * Math.min(1, Math.max(0, v)));
  const white = [255, 255, 255] as const;
  return {
    type: 'image',
    z: pixels.map((line) =>
      line.map((p) => (p ? ([byte(p[0] as number), byte(p[1] as number), byte(p[2] as number)] as const) : white)),
    ),
    hoverinfo: 'skip',
  };
}
