import { atMost } from '../../math/chiSquared';
import { axpy, dot, norm, row } from '../../math/matrix';
import { normal, rng } from '../../math/rng';
import type { DenseMatrix } from '../../types';

/** Rows that are multiples of one direction within their noise. */
export interface Ray {
  readonly members: readonly number[];
  /** unit length */
  readonly direction: Float64Array;
  /** each member's multiple of it */
  readonly multiples: readonly number[];
  /** variance of the direction's entries */
  readonly variance: number;
}

/**
 * Groups of rows that are parallel up to sign, each within its own error bar: rows of neurons that one sample alone activates are
 * (method 2, row view). A small row counts for as little as its noise leaves of it. One random projection orders the rows, so that
 * only neighbours are compared: O(n w + n log n) where the noise is small.
 *
 * @param rows n x w
 * @param variance of every entry, per row
 * @param slack factor by which chi-squared may exceed what independent errors would give: those of rounding are coherent along a row
 * @returns most significant first; rows that do not stand out of the noise belong to none, single rows are groups of one
 */
export function rays(rows: DenseMatrix, variance: Float64Array, slack = 1): Ray[] {
  const uniform = rng(rows.columns);
  const probe = Float64Array.from({ length: rows.columns }, () => normal(uniform));
  const least = Math.sqrt(slack * atMost(rows.columns)) + 3;
  const live: LiveRow[] = [];
  for (let j = 0; j < rows.rows; j++) {
    const y = row(rows, j);
    const size = norm(y);
    const deviation = Math.sqrt(variance[j]);
    if (!(size > least * deviation)) continue;
    live.push({ j, y, size, variance: variance[j], shadow: Math.abs(dot(y, probe)) / size, noise: deviation / size });
  }
  const reach = 8 * Math.sqrt(slack) * norm(probe);
  const bySignificance = [...live].sort((p, q) => p.noise - q.noise);
  live.sort((p, q) => p.shadow - q.shadow);
  const widest = Math.max(0, ...live.map((l) => l.noise));
  const taken = new Set<number>();
  const found: Ray[] = [];
  for (const seed of bySignificance) {
    if (taken.has(seed.j)) continue;
    // a direction error e moves the shadow by about e |probe|: eight deviations are looked at
    const near = between(live, seed.shadow, reach * (seed.noise + widest)).filter(
      (other) => Math.abs(other.shadow - seed.shadow) <= reach * (seed.noise + other.noise),
    );
    const ray = settled(near, seed, slack);
    taken.add(seed.j);
    for (const j of ray.members) taken.add(j);
    if (ray.members.length > 0) found.push(ray);
  }
  return found.sort((p, q) => p.variance - q.variance);
}

interface LiveRow {
  readonly j: number;
  readonly y: Float64Array;
  readonly size: number;
  readonly variance: number;
  readonly shadow: number;
  /** deviation of an entry over the row's norm */
  readonly noise: number;
}

/** The rows, ordered by shadow, that lie within a distance. */
function between(live: readonly LiveRow[], shadow: number, distance: number): readonly LiveRow[] {
  const first = (limit: number): number => {
    let [low, high] = [0, live.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (live[middle].shadow < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return live.slice(first(shadow - distance), first(shadow + distance * (1 + 1e-12) + Number.MIN_VALUE));
}

/** Gathers around the seed, then around the mean of what was gathered, until that changes nothing. */
function settled(near: readonly LiveRow[], seed: LiveRow, slack: number): Ray {
  let ray = gather(near, { direction: unit(seed.y), variance: seed.noise ** 2 }, slack);
  for (let round = 0; round < 3 && ray.members.length > 1; round++) {
    const wider = gather(near, { direction: averaged(near, ray), variance: ray.variance }, slack);
    if (wider.members.length < ray.members.length) break;
    const done = wider.members.length === ray.members.length && round > 0;
    ray = wider;
    if (done) break;
  }
  return ray;
}

/** All rows whose part across the direction is noise: their own and, in proportion, the direction's. */
function gather(
  near: readonly LiveRow[],
  { direction, variance: own }: Pick<Ray, 'direction' | 'variance'>,
  slack: number,
): Ray {
  const w = direction.length;
  const limit = w > 1 ? slack * atMost(w - 1) : 0;
  const coherent = (slack - 1) * atMost(w); // errors that are alike along a row may lie along the direction too
  const members: number[] = [];
  const multiples: number[] = [];
  let weight = 0;
  for (const { j, y, variance } of near) {
    const along = dot(y, direction);
    if (along * along <= coherent * variance) continue;
    const most = limit * (variance + along * along * own);
    let across = 0;
    for (let k = 0; k < w && across <= most; k++) across += (y[k] - along * direction[k]) ** 2;
    if (across > most && w > 1) continue;
    members.push(j);
    multiples.push(along);
    weight += along ** 2 / variance;
  }
  return { members, direction, multiples, variance: 1 / weight };
}

/** Mean direction of the members, by inverse variance. */
function averaged(near: readonly LiveRow[], { members, multiples }: Ray): Float64Array {
  const sum = new Float64Array(near[0].y.length);
  let at = 0;
  for (const { j, y, variance } of near) {
    if (j !== members[at]) continue;
    axpy(multiples[at++] / variance, y, sum);
  }
  return unit(sum);
}

function unit(x: Float64Array): Float64Array {
  const factor = 1 / norm(x);
  const result = new Float64Array(x.length);
  for (let k = 0; k < x.length; k++) result[k] = factor * x[k];
  return result;
}
