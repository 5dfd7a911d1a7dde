import type { DenseMatrix } from '../types';
import { axpy, dot, matrix, norm, row, transpose } from './matrix';
import { pivotedQr } from './pivotedQr';
import { normal, rng } from './rng';

/** What a linear map leaves free, and how clearly. */
export interface NullSpace {
  /** k orthonormal rows that span {x : A x = 0} (k x n) */
  readonly basis: DenseMatrix;
  /** orthonormal rows that span its complement (rank x n) */
  readonly rowSpace: readonly Float64Array[];
  readonly rank: number;
  /** smallest pivot kept / scale: how far the rank decision was from the tolerance; infinity at rank 0 */
  readonly margin: number;
}

/**
 * Null space of A (m x n) by two pivoted QR factorisations, of A and of its triangular factor: the pivots of the second
 * one follow the singular values closely (Stewart 1999, "The QLP approximation to the singular value decomposition").
 *
 * @param scale size that a column of A would have without cancellation. @default the largest column or row
 * @param tolerance pivots below tolerance * scale count as zero. @default 1e-10
 * @example
 * nullSpace(fromRows([[1, 1], [2, 2]])).basis.rows;  // => 1
 */
export function nullSpace(a: DenseMatrix, scale?: number, tolerance = 1e-10): NullSpace {
  const n = a.columns;
  // a tall matrix has the null space of its triangular factor, which is small; 1e-15: nothing is decided here
  const small = a.rows > n ? upper(pivotedQr(a, 1e-15)) : a;
  const size = scale ?? Math.max(largestRow(small), Number.MIN_VALUE);
  const first = largestRow(small);
  const kept = first > tolerance * size ? pivotedQr(transpose(small), (tolerance * size) / first) : undefined;
  const rowSpace = kept?.basis ?? [];
  const rank = rowSpace.length;
  const margin = kept ? first / kept.condition / size : Number.POSITIVE_INFINITY;
  return { basis: complement(rowSpace, n), rowSpace, rank, margin };
}

function upper({ r, rank }: { r: DenseMatrix; rank: number }): DenseMatrix {
  return matrix(rank, r.columns, r.data.slice(0, rank * r.columns));
}

function largestRow(a: DenseMatrix): number {
  let largest = 0;
  for (let i = 0; i < a.rows; i++) largest = Math.max(largest, norm(row(a, i)));
  return largest;
}

/** Orthonormal rows that complete the given ones to a basis of R^n: random vectors, orthogonalised twice. */
function complement(given: readonly Float64Array[], n: number): DenseMatrix {
  const basis = matrix(n - given.length, n);
  const uniform = rng(n);
  const all = [...given];
  for (let k = 0; k < basis.rows; k++) {
    const v = row(basis, k);
    for (let i = 0; i < n; i++) v[i] = normal(uniform);
    for (let pass = 0; pass < 2; pass++) {
      for (const q of all) axpy(-dot(q, v), q, v);
      const size = norm(v);
      for (let i = 0; i < n; i++) v[i] /= size;
    }
    all.push(v);
  }
  return basis;
}
