import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { jacobiSvd } from './jacobiSvd';
import { matrix, norm } from './matrix';
import { orthonormalRows } from './orthonormalRows';
import { normal, type Rng, rng } from './rng';

/** A = Uᵀ diag(s) V on a few directions; singular vectors as rows, largest first. */
export interface SingularVectors {
  /** k x n */
  readonly u: DenseMatrix;
  readonly s: Float64Array;
  /** k x d */
  readonly v: DenseMatrix;
}

/**
 * Singular vectors of A (n x d) within a space near that of its leading right ones: half a power iteration, then a small SVD. No Gram
 * matrix is formed, so singular values of 1e-7 of the largest and below keep their accuracy.
 *
 * @param rows spanning that space (k x d)
 * @param floor singular values below it are noise, whose vectors need not be told apart. @default 0
 */
export function singularVectors(a: DenseMatrix, rows: DenseMatrix, floor: number = 0): SingularVectors {
  const { q } = orthonormalRows(gemm(orthonormalRows(rows).q, a, { b: true }));
  const { q: right, l } = orthonormalRows(gemm(q, a));
  const { u, s, v } = jacobiSvd(l, floor);
  return { u: gemm(u, q), s, v: gemm(v, right) };
}

/**
 * The k leading singular vectors of a matrix, by a random block and some power iterations (Halko, Martinsson, Tropp 2011).
 *
 * @param iterations one is enough where the singular values beyond the k-th are rounding. @default 3
 */
export function leadingVectors(a: DenseMatrix, k: number, iterations: number = 3): SingularVectors {
  let z = gaussianRows(k, a.columns, rng(20101));
  for (let n = 0; n < iterations; n++) {
    const { q } = orthonormalRows(gemm(z, a, { b: true }));
    z = orthonormalRows(gemm(q, a)).q;
  }
  return singularVectors(a, z, 1e-16 * norm(a.data));
}

/** Independent normal entries. */
export function gaussianRows(rows: number, columns: number, uniform: Rng): DenseMatrix {
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => normal(uniform)),
  );
}
