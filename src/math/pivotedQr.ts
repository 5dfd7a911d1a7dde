import type { DenseMatrix } from '../types';
import { axpy, column, dot, matrix, norm } from './matrix';

/** A P = Q R with the columns taken in order of size, so that rank and condition can be read off R. */
export interface PivotedQr {
  /** orthonormal columns, each of length n; as many as the rank */
  readonly basis: readonly Float64Array[];
  /** r(i, j) = basis[i] . column j of A, for every column j of A (rank x k, columns in A's own order) */
  readonly r: DenseMatrix;
  /** the column of A that each basis vector was made from */
  readonly order: readonly number[];
  readonly rank: number;
  /** ratio of the largest to the smallest pivot kept: a cheap estimate of the condition number */
  readonly condition: number;
}

/**
 * Column-pivoted Gram-Schmidt of a tall matrix (n x k) with reorthogonalisation, which makes it as accurate as Householder.
 *
 * @param tolerance pivots below tolerance * the largest one count as zero
 * @example
 * pivotedQr(fromRows([[1, 2], [1, 2]])).rank;  // => 1
 */
export function pivotedQr(a: DenseMatrix, tolerance = 1e-12): PivotedQr {
  const k = a.columns;
  const columns = Array.from({ length: k }, (_, j) => column(a, j));
  const r = matrix(k, k);
  const left = new Set(columns.keys());
  const order: number[] = [];
  const basis: Float64Array[] = [];
  let first = 0;
  let last = 0;
  while (left.size > 0) {
    const sizes = new Map([...left].map((j) => [j, norm(columns[j])]));
    const pivot = [...left].reduce((best, j) => ((sizes.get(j) ?? 0) > (sizes.get(best) ?? 0) ? j : best));
    const q = columns[pivot];
    basis.forEach((p, i) => subtract(p, q, r, i, pivot)); // the second pass: twice is enough
    const size = norm(q);
    if (!(size > tolerance * first) || size === 0) break;
    first ||= size;
    last = size;
    for (let i = 0; i < q.length; i++) q[i] /= size;
    r.data[basis.length * k + pivot] = size;
    left.delete(pivot);
    for (const j of left) subtract(q, columns[j], r, basis.length, j);
    order.push(pivot);
    basis.push(q);
  }
  return {
    basis,
    r,
    order,
    rank: order.length,
    condition: order.length === 0 ? Number.POSITIVE_INFINITY : first / last,
  };
}

function subtract(q: Float64Array, from: Float64Array, r: DenseMatrix, i: number, j: number): void {
  const c = dot(q, from);
  axpy(-c, q, from);
  r.data[i * r.columns + j] += c;
}
