import { axpy, dot, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';

/** Rows that are multiples of one direction within their noise. */
export interface Ray {
  readonly members: readonly number[];
  /** unit length */
  readonly direction: Float64Array;
  /** each member's multiple of it */
  readonly multiples: readonly number[];
}

/**
 * Groups of rows parallel within each row's own error bar: rows of neurons that one sample alone activates are. Unlike
 * parallelRows, which compares directions at a relative tolerance, a small row counts for as little as its noise leaves of it.
 *
 * @param coordinates n x r, see signalSubspace
 * @param deviation of every entry, per row
 * @returns most significant first; rows that do not stand out of the noise belong to none, single rows are groups of one
 */
export function rays(coordinates: DenseMatrix, deviation: Float64Array): Ray[] {
  const r = coordinates.columns;
  const significance = Float64Array.from(deviation, (s, j) => norm(row(coordinates, j)) / s);
  const least = Math.sqrt(atMost(r)) + 3;
  const live = [...significance.keys()].filter((j) => significance[j] > least);
  live.sort((a, b) => significance[b] - significance[a]);
  const taken = new Set<number>();
  const found: { ray: Ray; weight: number }[] = [];
  for (const seed of live) {
    if (taken.has(seed)) continue;
    let ray = gather(coordinates, deviation, live, unit(row(coordinates, seed)), significance[seed] ** -2);
    let weight = weightOf(ray, deviation);
    for (let round = 0; round < 3 && ray.members.length > 0; round++) {
      const wider = gather(coordinates, deviation, live, averaged(coordinates, ray, deviation), 1 / weight);
      if (wider.members.length < ray.members.length) break;
      const settled = wider.members.length === ray.members.length && round > 0;
      ray = wider;
      weight = weightOf(ray, deviation);
      if (settled) break;
    }
    taken.add(seed);
    for (const j of ray.members) taken.add(j);
    if (ray.members.length > 0) found.push({ ray, weight });
  }
  return found.sort((p, q) => q.weight - p.weight).map(({ ray }) => ray);
}

/** Chi-squared with n degrees of freedom stays below this in all but one case of some ten thousand. */
export function atMost(n: number): number {
  return n + 4 * Math.sqrt(2 * n) + 8;
}

/** All live rows whose part across the direction is noise: their own and, in proportion, the direction's. */
function gather(
  a: DenseMatrix,
  deviation: Float64Array,
  live: readonly number[],
  direction: Float64Array,
  directionVariance: number,
): Ray {
  const limit = a.columns > 1 ? atMost(a.columns - 1) : 0;
  const members: number[] = [];
  const multiples: number[] = [];
  for (const j of live) {
    const y = row(a, j);
    const s = deviation[j];
    const along = dot(y, direction);
    const across = y.reduce((sum, v, k) => sum + (v - along * direction[k]) ** 2, 0);
    if (across > limit * (s * s + along * along * directionVariance) && a.columns > 1) continue;
    members.push(j);
    multiples.push(along);
  }
  return { members, direction, multiples };
}

/** Sum of (multiple / deviation)²: one over the variance of the direction's entries. */
function weightOf({ members, multiples }: Ray, deviation: Float64Array): number {
  return members.reduce((sum, j, k) => sum + (multiples[k] / deviation[j]) ** 2, 0);
}

/** Mean direction of the members, by inverse variance. */
function averaged(a: DenseMatrix, { members, multiples }: Ray, deviation: Float64Array): Float64Array {
  const sum = new Float64Array(a.columns);
  members.forEach((j, k) => axpy(multiples[k] / deviation[j] ** 2, row(a, j), sum));
  return unit(sum);
}

function unit(x: Float64Array): Float64Array {
  const size = norm(x);
  return x.map((v) => v / size);
}
