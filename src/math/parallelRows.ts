import type { DenseMatrix } from '../types';
import { axpy, dot, norm, row } from './matrix';
import { normal, rng } from './rng';

/**
 * Groups of rows that are parallel up to sign, each within its own noise: rows of the gradient at exclusive neurons of
 * the same sample are (method 2, row view). One random projection orders the rows, so that only neighbours are compared:
 * O(n d + n log n).
 *
 * @param noise relative error of each row's direction; rows with noise >= 0.1 (dead rows) are left out
 * @returns groups of at least two row indices, largest first
 * @example
 * parallelRows(fromRows([[1, 2], [0, 1], [-2, -4]]), new Float64Array(3).fill(1e-15));  // => [[0, 2]]
 */
export function parallelRows(a: DenseMatrix, noise: Float64Array, factor = 20): number[][] {
  const uniform = rng(a.columns);
  const probe = Float64Array.from({ length: a.columns }, () => normal(uniform));
  const live = [];
  for (let j = 0; j < a.rows; j++) {
    if (!(noise[j] < 0.1)) continue;
    const size = norm(row(a, j));
    const shadow = dot(row(a, j), probe) / size;
    live.push({ j, shadow: Math.abs(shadow), scale: Math.sign(shadow) / size, noise: noise[j] });
  }
  live.sort((p, q) => p.shadow - q.shadow);

  const groups: (typeof live)[] = [];
  let open: (typeof live)[] = [];
  for (const item of live) {
    // a direction error e moves the shadow by about e: eight deviations are kept open
    open = open.filter(([head]) => item.shadow - head!.shadow <= 8 * factor * Math.max(head!.noise, item.noise));
    const home = open.find(([head]) => parallel(a, head!, item, factor));
    if (home) home.push(item);
    else {
      open.push([item]);
      groups.push(open.at(-1)!);
    }
  }
  return groups
    .filter((group) => group.length >= 2)
    .sort((p, q) => q.length - p.length)
    .map((group) => group.map(({ j }) => j).sort((p, q) => p - q));
}

interface Direction {
  readonly j: number;
  readonly scale: number;
  readonly noise: number;
}

function parallel(a: DenseMatrix, p: Direction, q: Direction, factor: number): boolean {
  const limit = factor * (p.noise + q.noise);
  const x = row(a, p.j);
  const y = row(a, q.j);
  let distance = 0;
  for (let i = 0; i < x.length; i++) {
    const d = x[i] * p.scale - y[i] * q.scale;
    distance += d * d;
    if (distance > limit * limit) return false;
  }
  return true;
}

/**
 * Sum of the given rows, each turned to the side of the first: the common direction, large rows counting most.
 *
 * @example
 * alignedSum(fromRows([[1, 2], [-2, -4]]), [0, 1]);  // => [3, 6]
 */
export function alignedSum(a: DenseMatrix, rows: readonly number[]): Float64Array {
  const sum = new Float64Array(a.columns);
  const first = row(a, rows[0]);
  for (const j of rows) axpy(dot(row(a, j), first) < 0 ? -1 : 1, row(a, j), sum);
  return sum;
}
