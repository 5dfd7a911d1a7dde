import { check } from '../check';
import { row } from '../math/matrix';
import type { Batch, ImageShape } from '../types';
import { matchBatches } from '../verification/certificate/matchBatches';
import { type Axis, type Figure, type Layout, widthOf } from './figure';
import { type PictureBlocks, pictureBlocks } from './pictureBlocks';

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

/**
 * Batches as rows of pictures, one row per name, in the order given; values are read as 0 (black) to 1 (white). What a narrow page has
 * no room for goes on below, in blocks of rows. Grey pictures become one heat map, colour pictures one image trace. A sample without a
 * partner leaves its place empty.
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
  const order = rows.map((batch) =>
    options.align === false || batch === first ? [...batch.labels.keys()] : below(batch, first),
  );
  const places = Math.max(...order.map((samples) => samples.length));
  const captions = (options.captions ?? labelsOf(first, places > 10)).slice(0, places);
  const longest = Math.max(...captions.map((text) => text.length));
  const grid = pictureBlocks(shape, { batches: rows.length, places, longest });
  const pixels = Array.from({ length: grid.height }, (_, y) =>
    Array.from({ length: grid.width }, (_, x) => pixelAt(rows, order, shape, grid, [x, y])),
  );
  const title = options.title ?? names.join(', ');
  return {
    data: [shape.channels === 1 ? grey(pixels) : colour(pixels)],
    layout: layoutOf(grid, { names, captions, title, height: shape.height, caption: options.caption }),
  };
}

/** Axes without numbers, the names beside each row and the captions below each block. */
function layoutOf(
  grid: PictureBlocks,
  {
    names,
    captions,
    title,
    height,
    caption,
  }: { names: string[]; captions: readonly string[]; title: string; height: number; caption: string | undefined },
): Layout {
  const margin = { l: 14 + 7 * Math.max(...names.map((name) => name.length)), r: 20, t: 40, b: caption ? 30 : 12 };
  const bare = { showgrid: false, showline: false, zeroline: false, constrain: 'domain' } satisfies Axis;
  const rows = Array.from({ length: grid.blocks }, (_, block) =>
    names.map((name, batch) => ({ name, at: grid.corner(batch, block * grid.columns).y + (height - 1) / 2 })),
  ).flat();
  return {
    title: { text: title },
    ...widthOf(Math.max(Math.round(grid.width * grid.scale) + margin.l + margin.r, 60 + 9 * title.length)),
    height: Math.round(grid.height * grid.scale) + margin.t + margin.b,
    margin,
    xaxis: { ...bare, ...(caption !== undefined && { title: { text: caption } }), tickvals: [] },
    yaxis: {
      ...bare,
      scaleanchor: 'x',
      autorange: 'reversed',
      tickvals: rows.map(({ at }) => at),
      ticktext: rows.map(({ name }) => name),
    },
    annotations: captions.map((text, m) => ({ ...grid.caption(m), text, showarrow: false, font: { size: 11 } })),
    meta: { picture: true },
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

/** The value of each channel at a pixel of the grid; null between pictures and where none is. */
function pixelAt(
  rows: readonly Batch[],
  order: readonly (readonly number[])[],
  { width, channels }: ImageShape,
  grid: PictureBlocks,
  [x, y]: readonly [number, number],
): readonly number[] | null {
  const { batch, place } = grid.covering(x, y) ?? { batch: -1, place: -1 };
  const sample = order[batch]?.[place] ?? -1;
  if (sample < 0) return null;
  const from = grid.corner(batch, place);
  const at = ((y - from.y) * width + x - from.x) * channels;
  return [...row((rows[batch] as Batch).inputs, sample).subarray(at, at + channels)];
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
  return {
    type: 'image',
    z: pixels.map((line) =>
      line.map((p) => (p ? ([byte(p[0] as number), byte(p[1] as number), byte(p[2] as number)] as const) : null)),
    ),
    hoverinfo: 'skip',
  };
}
