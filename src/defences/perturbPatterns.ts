import { linearProgram } from '../math/linearProgram';
import { matrix, row } from '../math/matrix';
import { affine } from '../model/layers/dense';
import type { AffineLayer, Batch, Mlp } from '../types';
import { onlyMlp } from './onlyMlp';

/** A wished change of the first layer's pattern: this neuron on or off for this sample. */
export interface PatternChange {
  readonly sample: number;
  readonly neuron: number;
  readonly fires: boolean;
}

/** Options of {@link perturbPatterns}. */
export interface PerturbOptions {
  /** every entry of the inputs stays inside. @default no bounds */
  readonly bounds?: readonly [number, number];
  /** how far beyond zero a changed pre-activation lands. @default 1e-6 */
  readonly margin?: number;
}

/** A perturbed batch and what it took. */
export interface Perturbed {
  readonly batch: Batch;
  /** changes of samples whose linear programme has no solution that the forward pass confirms: left as they were */
  readonly unmet: readonly PatternChange[];
  /** ||X' - X|| / ||X|| and the largest change of an entry */
  readonly distance: number;
  readonly largest: number;
}

/**
 * Smallest change of the inputs (sum of absolute changes, by linear programming) that switches neurons of the first
 * layer as wished and leaves every other neuron of that layer as it was. One programme a sample; neurons that have to
 * stay are added as rows only when a solution would switch them, and entries at a bound have one way to go.
 *
 * @param model layer 0 is linear in the input, so the programme is exact there
 * @example
 * const net = mlp({ widths: [20, 24, 3] });
 * const batch = data.uniform({ size: 2, dimension: 20, classes: 3 });
 * (await defences.perturbPatterns(net, batch, [{ sample: 0, neuron: 5, fires: true }])).unmet;  // => []
 */
export async function perturbPatterns(
  model: Mlp,
  batch: Batch,
  changes: readonly PatternChange[],
  { bounds, margin = 1e-6 }: PerturbOptions = {},
): Promise<Perturbed> {
  onlyMlp('perturbPatterns', model);
  const inputs = matrix(batch.inputs.rows, batch.inputs.columns, batch.inputs.data.slice());
  const layer = model.dense[0];
  const z = affine(layer, batch.inputs);
  const unmet: PatternChange[] = [];
  for (let m = 0; m < inputs.rows; m++) {
    const own = changes.filter(({ sample }) => sample === m);
    if (own.length === 0) continue;
    const moved = await moveSample(layer, row(batch.inputs, m), row(z, m), own, { bounds, margin });
    if (moved && asWished(layer, moved, own)) row(inputs, m).set(moved);
    else unmet.push(...own);
  }
  let squares = 0;
  let size = 0;
  let largest = 0;
  inputs.data.forEach((v, k) => {
    const d = v - batch.inputs.data[k];
    squares += d * d;
    size += batch.inputs.data[k] ** 2;
    largest = Math.max(largest, Math.abs(d));
  });
  return { batch: { ...batch, inputs }, unmet, distance: size > 0 ? Math.sqrt(squares / size) : 0, largest };
}

/** The solver keeps its rows to 1e-7 only: the forward pass has the last word. */
function asWished(layer: AffineLayer, moved: Float64Array, changes: readonly PatternChange[]): boolean {
  const after = affine(layer, matrix(1, moved.length, moved)).data;
  return changes.every(({ neuron, fires }) => after[neuron] > 0 === fires);
}

/** Where a sample may go. */
interface Room {
  readonly bounds: readonly [number, number] | undefined;
  /** what pre-activations keep from zero */
  readonly margin: number;
}

async function moveSample(
  { weight }: AffineLayer,
  x: Float64Array,
  z: Float64Array,
  changes: readonly PatternChange[],
  { bounds, margin }: Room,
): Promise<Float64Array | undefined> {
  const wanted = new Map(changes.map(({ neuron, fires }) => [neuron, fires]));
  const constrained = new Set(wanted.keys());
  const steps = possibleSteps(x, bounds);
  const rowOf = (j: number): Float64Array =>
    Float64Array.from(steps, ({ entry, sign }) => sign * weight.data[j * x.length + entry]);
  const limits = (j: number, fires: boolean): { lower: number; upper: number } => {
    const now = z[j];
    return fires ? { lower: margin - now, upper: Infinity } : { lower: -Infinity, upper: -margin - now };
  };
  const first = [...wanted].map(([j, fires]) => ({ row: rowOf(j), ...limits(j, fires) }));
  const solution = await linearProgram(
    {
      cost: new Float64Array(steps.length).fill(1),
      lower: new Float64Array(steps.length),
      upper: Float64Array.from(steps, ({ room }) => room),
      rows: matrix(first.length, steps.length, concatenated(first.map(({ row }) => row))),
      rowLower: Float64Array.from(first, ({ lower }) => lower),
      rowUpper: Float64Array.from(first, ({ upper }) => upper),
    },
    (amounts) => {
      const after = switched(amounts);
      // a neuron that sat at the margin already is not asked for more than it had
      const broken = [...after.keys()].filter(
        (j) => !constrained.has(j) && Math.abs(z[j]) > margin && after[j] > 0 !== z[j] > 0,
      );
      for (const j of broken) constrained.add(j);
      return broken.map((j) => ({ row: rowOf(j), ...limits(j, z[j] > 0) }));
    },
  );
  if (!solution) return undefined;
  const moved = x.slice();
  solution.forEach((amount, k) => {
    const { entry, sign } = steps[k];
    moved[entry] += sign * amount;
  });
  return bounds ? moved.map((v) => Math.min(bounds[1], Math.max(bounds[0], v))) : moved;

  /** Pre-activations after the step: few entries move, so few columns of W are read. */
  function switched(amounts: Float64Array): Float64Array {
    const after = z.slice();
    amounts.forEach((amount, k) => {
      if (amount === 0) return;
      const { entry, sign } = steps[k];
      for (let j = 0; j < after.length; j++) after[j] += sign * amount * weight.data[j * x.length + entry];
    });
    return after;
  }
}

/** One way of one entry, and how far the bounds let it go. */
interface Step {
  readonly entry: number;
  readonly sign: 1 | -1;
  readonly room: number;
}

/** Up and down for every entry; a dark pixel has only one of them. */
function possibleSteps(x: Float64Array, bounds: readonly [number, number] | undefined): Step[] {
  const [low, high] = bounds ?? [-Infinity, Infinity];
  return [...x].flatMap((v, entry) =>
    [
      { entry, sign: 1 as const, room: high - v },
      { entry, sign: -1 as const, room: v - low },
    ].filter(({ room }) => room > 0),
  );
}

function concatenated(rows: readonly Float64Array[]): Float64Array {
  const width = rows[0]?.length ?? 0;
  const all = new Float64Array(rows.length * width);
  rows.forEach((values, i) => {
    all.set(values, i * width);
  });
  return all;
}
