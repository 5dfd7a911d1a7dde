import { gramOfRows, nullVector } from '../../math/nullVector';
import { anneal } from './anneal';
import { fitSummedLoss } from './fitSummedLoss';
import { intersected } from './intersected';
import { deltaNoise, deltas, type Guide, type LossSubspace } from './lossSubspace';
import { twoValued } from './twoValued';

/** Where a column may be. */
export interface Candidate {
  /** unit vector */
  readonly q: Float64Array;
  /** W_Hᵀ g to the same scale, as far as it is known */
  readonly u?: Float64Array;
}

/**
 * A column of Delta that obeys the network: U q is W_Hᵀ g on the active neurons, and on the inactive ones zero, or as much of it as the
 * activation's slope lets through.
 */
export interface LossColumn {
  /** unit vector; its sign is open */
  readonly q: Float64Array;
  /** loss vector up to the same factor as q */
  readonly g: Float64Array;
  readonly on: Uint8Array;
  /** 1 where W_Hᵀ g itself drowns in the noise, so that on says nothing */
  readonly unclear: Uint8Array;
  /** number of neurons that obey beyond those that any (q, g) can be made to; where W_Hᵀ g is a guide only, of zeros beyond r - 1 */
  readonly surplus: number;
  /** ||U q - mask W_Hᵀ g|| / ||U q|| */
  readonly misfit: number;
  /** the misfit that noise alone would leave */
  readonly expected: number;
  /** of deltas summed over several steps, where W_Hᵀ g is a guide only: g and misfit are robust fits */
  readonly summed?: true;
}

/**
 * From a place near a column to the column itself (method 4): by intersection where deltas are zero or W_Hᵀ g, by the pattern of two values
 * where the activation has a slope, and where deltas are summed over several steps, and only zeros are known, by annealing to them.
 *
 * @param known of deltas summed over several steps: who comes near one of these is not followed further
 * @param full W_Hᵀ g to the scale of the start; needed where the activation has a slope
 * @returns null when q is near no support
 */
export function polish(
  space: LossSubspace,
  start: Float64Array,
  known: readonly Float64Array[] = [],
  full?: Float64Array,
): LossColumn | null {
  const { slopes, ends, rank } = space;
  if (slopes) return full ? twoValued(space, start, full) : null;
  if (!ends) return intersected(space, start);
  const near = anneal(space, start, known);
  const found = near && snapped(space, ends, near, 0.03);
  // few neurons leave few zeros to weigh: then a threshold may do better
  return (found && acceptable(found)) || rank > few ? found : snapped(space, ends, start, 0.06);
}

/** Columns up to which both ways are cheap. */
const few = 48;

/**
 * Snaps q to the null vector of its own zero rows, with a threshold for zero that shrinks as fast as the rows settle, down to the noise.
 *
 * @param near size of the smallest deltas over the larger ones up to which a column may be near
 */
function snapped(
  space: LossSubspace,
  ends: readonly [Guide, Guide],
  start: Float64Array,
  near: number,
): LossColumn | null {
  const { rank, u } = space;
  let q = start;
  let v = deltas(space, q);
  const sizes = v.map(Math.abs).sort();
  const top = sizes[Math.floor(0.9 * sizes.length)];
  if (rank > 1 && !(sizes[rank - 1] < near * top)) return null;
  let threshold = Math.max(6 * deltaNoise(space, q), shrunk(v, 0.01 * top));
  let before: number[] = [];
  const gram = gramOfRows(u);
  // one sample alone fires all neurons that have a gradient: no zeros to snap to, and nothing else that q can be
  for (let round = 0; round < (rank === 1 ? 0 : 12); round++) {
    const rows = smallest(v, threshold, rank + 2);
    if (rows.length === before.length && rows.every((j, i) => j === before[i])) break;
    const found = nullVector(u, rows, q, gram);
    if (!found) return null;
    q = found.vector;
    v = deltas(space, q);
    threshold = Math.max(6 * deltaNoise(space, q), Math.min(threshold / 4, shrunk(v, threshold)));
    before = rows;
  }
  return summedColumn(space, ends, q, v);
}

/** Neurons that obey beyond those that any column could have, from which on one stands out. */
const leastSurplus = 4;

/** Eight times the median of what lies below the threshold: once most zeros are small, the few others stand out. */
function shrunk(v: Float64Array, threshold: number): number {
  const below = v
    .map(Math.abs)
    .filter((x) => x < threshold)
    .sort();
  return below.length === 0 ? threshold : Math.min(threshold, 8 * below[below.length >> 1]);
}

/** Rows with |v| below the threshold, but at least `least` of them. */
function smallest(v: Float64Array, threshold: number, least: number): number[] {
  const order = Array.from(v.keys());
  const below = order.filter((j) => Math.abs(v[j]) < threshold);
  if (below.length >= least) return below;
  order.sort((i, j) => Math.abs(v[i]) - Math.abs(v[j]));
  return order.slice(0, least).sort((i, j) => i - j);
}

/** The column of a sample whose deltas are summed over several steps: its support is what is not zero, and no value is known exactly. */
export function summedColumn(
  space: LossSubspace,
  ends: readonly [Guide, Guide],
  q: Float64Array,
  v: Float64Array = deltas(space, q),
): LossColumn | null {
  const limit = 6 * deltaNoise(space, q);
  const on = Uint8Array.from(v, (x) => (Math.abs(x) > limit ? 1 : 0));
  const surplus = on.reduce((count, o) => count + (o ? 0 : 1), 0) - (space.rank - 1);
  const none = surplus < leastSurplus && space.rank > 1;
  // several layers above: no loss vector to fit
  const alone = space.head.columns === 0 && { g: new Float64Array(0), misfit: 0 };
  const fit = none ? null : alone || fitSummedLoss(space, ends, v, on);
  return fit && { q, on, unclear: new Uint8Array(v.length), surplus, expected: 0, summed: true, ...fit };
}

/**
 * Whether a polished column can be a sample's: more neurons obey than any (q, g) can be made to, no more misfit than the noise
 * explains, and a loss vector (one odd sign, sum zero) on its active neurons.
 */
export function acceptable({ g, surplus, misfit, expected, summed }: LossColumn): boolean {
  const limit = summed ? 0.4 : Math.min(1e-2, 1e-10 + 20 * expected);
  if (summed && g.length === 0) return surplus >= leastSurplus;
  return surplus >= leastSurplus && misfit < limit && labelOf(g, summed ? 0.2 : 0.02 + 10 * limit) !== null;
}

/** The label: where g has the odd sign. Null when g is no loss vector; for K = 2 the sign of q decides, later. */
export function labelOf(g: Float64Array, tolerance: number): number | null {
  let label = 0;
  g.forEach((x, c) => {
    if (Math.abs(x) > Math.abs(g[label])) label = c;
  });
  const scale = -g[label];
  const sum = g.reduce((s, x) => s + x / scale, 0);
  const lowest = g.reduce((low, x, c) => (c === label ? low : Math.min(low, x / scale)), 1);
  return lowest > -tolerance && Math.abs(sum) < 2 * tolerance ? label : null;
}
