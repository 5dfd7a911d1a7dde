import { check } from '../check';
import { type Figure, widthOf } from './figure';

/** What the figure needs of a row: which network and gate, and the largest batch by each measure. */
export interface BoundaryCell {
  readonly channels: readonly number[];
  readonly side: number;
  readonly init: string;
  readonly gate: string;
  readonly counting: number;
  readonly conditioning: number;
  readonly experiment: number | null;
  readonly tried: number;
}

/** White, where no batch gets through, to a blue on which dark and light text can be read. */
const blues = [
  [0, 'rgb(255,255,255)'],
  [1, 'rgb(8,81,156)'],
] as const;

/**
 * How far down convolutional networks give their batch away: networks as rows, gates as columns in the order in which an attack meets
 * them, in each cell the largest batch by counting / by conditioning / by experiment, which the colour shows too.
 *
 * @param rows of {@link largestBatches}
 * @throws InputError when there are none
 * @example
 * const network = { channels: [64, 128], side: 32, init: 'he', tried: 8 };
 * const row = { ...network, gate: 'block 2', counting: 3, conditioning: 2, experiment: 2 };
 * viz.convolutionalBoundary([row, { ...row, gate: 'head', counting: 255, conditioning: 8, experiment: 8 }]).data.length;  // => 1
 */
export function convolutionalBoundary(rows: readonly BoundaryCell[]): Figure {
  check(rows.length > 0, () => 'convolutionalBoundary: there are no rows, expected at least one');
  const gates = [...new Set(rows.map((r) => r.gate))].sort((a, b) => placeOf(a) - placeOf(b));
  const networks = [...new Set(rows.map(nameOf))];
  const cells = networks.map((name) => gates.map((gate) => rows.find((r) => nameOf(r) === name && r.gate === gate)));
  const shade = (size: number): number => Math.log2(1 + size);
  const longest = Math.max(...networks.map((name) => name.length));
  return {
    data: [
      {
        type: 'heatmap',
        x: gates,
        y: networks,
        z: cells.map((line) => line.map((cell) => (cell?.experiment == null ? null : shade(cell.experiment)))),
        text: cells.map((line) => line.map((cell) => (cell ? textOf(cell) : ''))),
        texttemplate: '%{text}',
        zmin: 0,
        zmax: shade(Math.max(...rows.map((r) => r.tried))),
        colorscale: blues,
        showscale: false,
        hovertemplate: '%{y}, %{x}: counting / conditioning / experiment %{text}<extra></extra>',
      },
    ],
    layout: {
      title: { text: 'Largest batch read: by counting / conditioning / attack' },
      ...widthOf(16 + Math.ceil(6.2 * longest) + 72 * gates.length),
      height: 110 + 28 * networks.length,
      margin: { l: 12 + Math.ceil(6.2 * longest), r: 4, t: 50, b: 50 },
      xaxis: { type: 'category', showgrid: false },
      yaxis: { type: 'category', autorange: 'reversed', showgrid: false },
    },
  };
}

/** Head, then blocks from the highest number down, then pictures. */
function placeOf(gate: string): number {
  const block = /^block (\d+)$/.exec(gate)?.[1];
  if (block !== undefined) return -Number(block);
  return gate === 'head' ? Number.NEGATIVE_INFINITY : 1;
}

function nameOf({ channels, side, init }: BoundaryCell): string {
  return `${channels.join('-')}, ${side}px, ${init}`;
}

/** A plus where larger batches were not tried, a question mark where none was. */
function textOf({ counting, conditioning, experiment, tried }: BoundaryCell): string {
  const open = (size: number): string => `${size}${size === tried ? '+' : ''}`;
  return `${counting}/${open(conditioning)}/${experiment === null ? '?' : open(experiment)}`;
}
