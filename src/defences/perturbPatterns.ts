import { linearProgram } from '../math/linearProgram';
import { matrix, row } from '../math/matrix';
import { affine } from '../model/forward';
import type { AffineLayer, Batch, Network } from '../types';

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
  /** changes of samples whose linear programme has no solution: left as they were */
  readonly unmet: readonly PatternChange[];
  /** ||X' - X|| / ||X|| and the largest change of an entry */
  readonly distance: number;
  readonly largest: number;
}

/**
 * Smallest change of the inputs (sum of absolute changes, by linear programming) that switches neurons of the first
 * layer as wished and leaves every other neuron of that layer as it was. One programme a sample; neurons that have to
 * stay are added as rows only when a solution would switch them.
 *
 * @param model layer 0 is linear in the input, so the programme is exact there
 */
export async function perturbPatterns(
  model: Network,
  batch: Batch,
  changes: readonly PatternChange[],
  { bounds, margin = 1e-6 }: PerturbOptions = {},
): Promise<Perturbed> {
  const inputs = matrix(batch.inputs.rows, batch.inputs.columns, batch.inputs.data.slice());
  const layer = model.layers[0] as AffineLayer;
  const z = affine(layer, batch.inputs);
  const unmet: PatternChange[] = [];
  for (let m = 0; m < inputs.rows; m++) {
    const own = changes.filter(({ sample }) => sample === m);
    if (own.length === 0) continue;
    const moved = await moveSample(layer, row(batch.inputs, m), row(z, m), own, bounds, margin);
    if (moved) row(inputs, m).set(moved);
    else unmet.push(...own);
  }
  let squares = 0;
  let size = 0;
  let largest = 0;
  inputs.data.forEach((v, k) => {
    const d = v - (batch.inputs.data[k] as number);
    squares += d * d;
    size += (batch.inputs.data[k] as number) ** 2;
    largest = Math.max(largest, Math.abs(d));
  });
  return { batch: { ...batch, inputs }, unmet, distance: size > 0 ? Math.sqrt(squares / size) : 0, largest };
}

async function moveSample(
  { weight }: AffineLayer,
  x: Float64Array,
  z: Float64Array,
  changes: readonly PatternChange[],
  bounds: readonly [number, number] | undefined,
  margin: number,
): Promise<Float64Array | undefined> {
  const n = x.length;
  const wanted = new Map(changes.map(({ neuron, fires }) => [neuron, fires]));
  const constrained = new Map(wanted);
  for (let round = 0; round < 20; round++) {
    const list = [...constrained];
    const rows = matrix(list.length, 2 * n); // increase, then decrease of every entry
    list.forEach(([j], i) => {
      row(rows, i).set(row(weight, j));
      row(rows, i).set(
        row(weight, j).map((w) => -w),
        n,
      );
    });
    const limit = (side: boolean): Float64Array =>
      Float64Array.from(list, ([j, fires]) =>
        fires === side ? (side ? margin : -margin) - (z[j] as number) : side ? -Infinity : Infinity,
      );
    const room = (lo: number, hi: number): number => Math.max(0, hi - lo);
    const step = await linearProgram({
      cost: new Float64Array(2 * n).fill(1),
      lower: new Float64Array(2 * n),
      upper: Float64Array.from({ length: 2 * n }, (_, k) => {
        const v = x[k % n] as number;
        return bounds ? (k < n ? room(v, bounds[1]) : room(bounds[0], v)) : Infinity;
      }),
      rows,
      rowLower: limit(true),
      rowUpper: limit(false),
    });
    if (!step) return undefined;
    const moved = x.map((v, k) => {
      const to = v + (step[k] as number) - (step[n + k] as number);
      return bounds ? Math.min(bounds[1], Math.max(bounds[0], to)) : to;
    });
    let broken = 0;
    for (let j = 0; j < z.length; j++) {
      let after = z[j] as number;
      const w = row(weight, j);
      for (let k = 0; k < n; k++) after += (w[k] as number) * ((moved[k] as number) - (x[k] as number));
      const fires = wanted.get(j) ?? (z[j] as number) > 0;
      // a neuron that sat at the margin already is not asked for more than it had
      if (after > 0 !== fires && !constrained.has(j) && Math.abs(z[j] as number) > margin) {
        constrained.set(j, fires);
        broken++;
      }
    }
    if (broken === 0) return moved;
  }
  return undefined;
}
