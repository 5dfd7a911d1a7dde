import { matrix, norm, row } from '../../math/matrix';
import { type GramOfRows, gramOfRows, nullVector } from '../../math/nullVector';
import type { DenseMatrix } from '../../types';
import { fitLossVector, fullDeltas } from './fitLossVector';
import { deltaNoise, deltas, type LossSubspace } from './lossSubspace';
import type { Candidate, LossColumn } from './polish';

/** Where neurons that do not fire still pass a part of their deltas: v_j = a_j u_j or v_j = u_j, and never zero (method 4). */
interface Joint {
  /** 2n x (r + p): row j says v_j = u_j, row n + j says v_j = a_j u_j, of (q, x) with v = U q and u = size H x */
  readonly rows: DenseMatrix;
  /** of W_Hᵀ on the basis of loss vectors: what is multiplied by it has entries of one size with U's */
  readonly size: number;
  readonly slopes: Float64Array;
}

/** Deltas and what they would be if every neuron fired, both of one (q, x). */
interface Place {
  readonly q: Float64Array;
  readonly v: Float64Array;
  readonly u: Float64Array;
}

/** Rounds until the rows settle; most take four. */
const rounds = 12;
/** Distance to the nearer of both values, over the larger deltas, up to which a column may be near. */
const near = 0.03;

/**
 * Snaps (q, g) to the null vector of the equations that say which of its two values each delta has, polish by intersection: v = U q and
 * v = D W_Hᵀ g with the pattern D read off the place reached. Neurons near neither value are left out, with a threshold that shrinks down
 * to the noise.
 *
 * @param q unit vector
 * @param u W_Hᵀ g to the same scale, a guess
 * @returns null when it is near no pattern
 */
export function twoValued(space: LossSubspace, q: Float64Array, u: Float64Array): LossColumn | null {
  const joint = jointOf(space);
  if (!joint) return null;
  const { rank, reducedHead } = space;
  const least = rank + reducedHead.columns + 1;
  const all = new Uint8Array(u.length).fill(1);
  const g = fitLossVector(space, u, all);
  if (!g || u.length <= least) return null;
  let place: Place = { q, v: deltas(space, q), u: fullDeltas(space.head, g) };
  let away = distances(place, joint.slopes);
  const top = place.v.map(Math.abs).sort()[Math.floor(0.9 * u.length)];
  if (!(away.slice().sort()[least] < near * top)) return null;
  const gram = gramOfRows(joint.rows);
  let threshold = Math.max(6 * noiseOf(space, place), shrunk(away, 0.01 * top));
  let before: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const rows = nearest(away, threshold, least + 1).map((j) => (fires(place, joint.slopes, j) ? j : u.length + j));
    if (rows.length === before.length && rows.every((j, i) => j === before[i])) break;
    const found = nullOf(space, joint, rows, place, gram);
    if (!found) return null;
    place = found;
    away = distances(place, joint.slopes);
    threshold = Math.max(6 * noiseOf(space, place), Math.min(threshold / 4, shrunk(away, threshold)));
    before = rows;
  }
  return describe(space, joint.slopes, place);
}

/**
 * The (q, g) that comes nearest to a pattern that is given for all neurons.
 *
 * @param factors derivative of each live neuron
 * @param q where to begin
 */
export function nullOfPattern(space: LossSubspace, factors: Float64Array, q: Float64Array): Candidate | null {
  const joint = jointOf(space);
  if (!joint || factors.length < joint.rows.columns) return null;
  const rows = Array.from(factors, (f, j) => (f === 1 ? j : factors.length + j)).sort((i, j) => i - j);
  return nullOf(space, joint, rows, { q }, gramOfRows(joint.rows));
}

function jointOf({ u, reducedHead, slopes, rank }: LossSubspace): Joint | null {
  const [n, p] = [u.rows, reducedHead.columns];
  if (!slopes || p === 0) return null;
  const size = (norm(u.data) / norm(reducedHead.data)) * Math.sqrt(p / rank);
  const rows = matrix(2 * n, rank + p);
  for (let j = 0; j < n; j++) {
    const h = row(reducedHead, j);
    for (const [at, factor] of [
      [j, 1],
      [n + j, slopes[j]],
    ] as const) {
      const own = row(rows, at);
      own.set(row(u, j));
      for (let c = 0; c < p; c++) own[rank + c] = -factor * size * h[c];
    }
  }
  return { rows, size, slopes };
}

function nullOf(
  space: LossSubspace,
  { rows, size }: Joint,
  chosen: readonly number[],
  start: Pick<Place, 'q'> & Partial<Place>,
  gram: GramOfRows,
): Place | null {
  const { rank, reducedHead } = space;
  const guess = new Float64Array(rows.columns).fill(1e-3);
  guess.set(start.q);
  const found = nullVector(rows, chosen, guess, gram);
  if (!found) return null;
  const length = norm(found.vector.subarray(0, rank));
  if (!(length > 0)) return null;
  const q = found.vector.slice(0, rank).map((x) => x / length);
  const x = found.vector.slice(rank).map((value) => (size * value) / length);
  return { q, v: deltas(space, q), u: fullDeltas(reducedHead, x) };
}

/** Deviation of a delta: zeros have only what the spectrum shows, these are values. */
function noiseOf(space: LossSubspace, { q, v }: Place): number {
  return deltaNoise(space, q) + (space.rounding * norm(v)) / Math.sqrt(v.length);
}

/** Whether a delta is nearer to what it is when the neuron fires. */
function fires({ v, u }: Place, slopes: Float64Array, j: number): boolean {
  return Math.abs(v[j] - u[j]) < Math.abs(v[j] - slopes[j] * u[j]);
}

/** Of each delta to the nearer of its two values. */
function distances({ v, u }: Place, slopes: Float64Array): Float64Array {
  return v.map((x, j) => Math.min(Math.abs(x - u[j]), Math.abs(x - slopes[j] * u[j])));
}

/** Eight times the median of what lies below the threshold: once most neurons obey, the few others stand out. */
function shrunk(away: Float64Array, threshold: number): number {
  const below = away.filter((x) => x < threshold).sort();
  return below.length === 0 ? threshold : Math.min(threshold, 8 * below[below.length >> 1]);
}

/** Neurons below the threshold, but at least `least` of them. */
function nearest(away: Float64Array, threshold: number, least: number): number[] {
  const order = Array.from(away.keys());
  const below = order.filter((j) => away[j] < threshold);
  if (below.length >= least) return below;
  return order
    .sort((i, j) => away[i] - away[j])
    .slice(0, least)
    .sort((i, j) => i - j);
}

function describe(space: LossSubspace, slopes: Float64Array, place: Place): LossColumn | null {
  const { q, v, u } = place;
  const noise = noiseOf(space, place);
  const on = Uint8Array.from(v.keys(), (j) => (fires(place, slopes, j) ? 1 : 0));
  const unclear = Uint8Array.from(u, (x, j) => (Math.abs((1 - slopes[j]) * x) < 10 * noise ? 1 : 0));
  const g = fitLossVector(space, u, new Uint8Array(u.length).fill(1));
  if (!g) return null;
  const clear = unclear.reduce((count, vague) => count + (vague ? 0 : 1), 0);
  const away = distances(place, slopes);
  return {
    ...{ q, g, on, unclear },
    surplus: clear - (space.rank + space.reducedHead.columns - 1),
    misfit: norm(away) / norm(v),
    expected: (noise * Math.sqrt(v.length)) / norm(v),
  };
}
