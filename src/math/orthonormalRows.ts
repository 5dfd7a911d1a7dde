import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { axpy, dot, matrix, norm, row } from './matrix';

/** A = L Q with the rows of Q orthonormal (or zero where a row of A depends on earlier ones). */
export interface OrthonormalRows {
  /** k x n */
  readonly q: DenseMatrix;
  /** k x k, lower triangular */
  readonly l: DenseMatrix;
}

const blockSize = 16;

/**
 * Orthonormal rows spanning those of A (k x n, k <= n): Gram-Schmidt in blocks, every projection done twice
 * ("twice is enough", Giraud et al. 2005), so as accurate as Householder while nearly all work is matrix products.
 *
 * @param orthonormal rows already orthonormal, to which the new ones are made orthogonal too (not part of the result)
 * @example
 * orthonormalRows(fromRows([[3, 4]])).q.data;  // => [0.6, 0.8]
 */
export function orthonormalRows(a: DenseMatrix, orthonormal?: DenseMatrix): OrthonormalRows {
  const q: DenseMatrix = { ...a, data: a.data.slice() };
  const l = matrix(a.rows, a.rows);
  for (let first = 0; first < a.rows; first += blockSize) {
    const last = Math.min(first + blockSize, a.rows);
    const block = slice(q, first, last);
    const sizes = Array.from({ length: last - first }, (_, i) => norm(row(block, i)));
    for (let pass = 0; pass < 2; pass++) {
      if (orthonormal) projectOut(orthonormal, block);
      if (first > 0) {
        const c = projectOut(slice(q, 0, first), block);
        for (let i = first; i < last; i++) axpy(1, row(c, i - first), row(l, i).subarray(0, first));
      }
    }
    for (let i = first; i < last; i++) finishRow(q, l, { i, first, original: sizes[i - first] }, orthonormal);
  }
  return { q, l };
}

function finishRow(
  q: DenseMatrix,
  l: DenseMatrix,
  { i, first, original }: { i: number; first: number; original: number },
  orthonormal?: DenseMatrix,
): void {
  const x = row(q, i);
  for (let pass = 0; pass < 2; pass++)
    for (let j = first; j < i; j++) {
      const c = dot(row(q, j), x);
      axpy(-c, row(q, j), x);
      l.data[i * l.columns + j] += c;
    }
  const size = norm(x);
  const kept = size > 4e-16 * original; // less than that is rounding error, which has no direction
  l.data[i * l.columns + i] = kept ? size : 0;
  scale(x, kept ? 1 / size : 0);
  if (!kept || size > 1e-3 * original) return;
  // so much was cancelled that what the block took off has left traces of the rows before it
  for (let pass = 0; pass < 2; pass++) {
    for (let j = 0; j < (orthonormal?.rows ?? 0); j++) takeOff(row(orthonormal as DenseMatrix, j), x);
    for (let j = 0; j < i; j++) takeOff(row(q, j), x);
    scale(x, 1 / norm(x));
  }
}

function takeOff(q: Float64Array, x: Float64Array): void {
  axpy(-dot(q, x), q, x);
}

function scale(x: Float64Array, factor: number): void {
  for (let k = 0; k < x.length; k++) x[k] *= factor;
}

/** block -= (block Qᵀ) Q, in place; returns block Qᵀ. */
function projectOut(q: DenseMatrix, block: DenseMatrix): DenseMatrix {
  const c = gemm(block, q, { b: true });
  axpy(-1, gemm(c, q).data, block.data);
  return c;
}

/** Rows first..last as a view. */
function slice(a: DenseMatrix, first: number, last: number): DenseMatrix {
  return matrix(last - first, a.columns, a.data.subarray(first * a.columns, last * a.columns));
}
