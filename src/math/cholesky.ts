import type { DenseMatrix } from '../types';
import { dot, matrix, row } from './matrix';

/**
 * Lower triangular L with L Lᵀ = A for a symmetric positive definite A; null when a pivot is not positive.
 *
 * @example
 * cholesky(fromRows([[4]]))?.data;  // => [2]
 */
export function cholesky(a: DenseMatrix): DenseMatrix | null {
  const n = a.rows;
  const l = matrix(n, n);
  for (let i = 0; i < n; i++) {
    const x = row(l, i);
    for (let j = 0; j <= i; j++) {
      const rest = (a.data[i * n + j] as number) - dot(x.subarray(0, j), row(l, j).subarray(0, j));
      if (j < i) x[j] = rest / (l.data[j * n + j] as number);
      else if (rest > 0) x[i] = Math.sqrt(rest);
      else return null;
    }
  }
  return l;
}

/** Solves L Lᵀ x = b in place. */
export function choleskySolve(l: DenseMatrix, x: Float64Array): void {
  const n = l.rows;
  for (let i = 0; i < n; i++) {
    const r = row(l, i);
    x[i] = ((x[i] as number) - dot(r.subarray(0, i), x.subarray(0, i))) / (r[i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    const r = row(l, i);
    const value = (x[i] as number) / (r[i] as number);
    x[i] = value;
    for (let j = 0; j < i; j++) x[j] = (x[j] as number) - (r[j] as number) * value;
  }
}
