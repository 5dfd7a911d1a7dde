import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { matrix } from './matrix';

/**
 * Lower triangular L with L Lᵀ = A for a symmetric positive definite A; null when a pivot is not positive.
 *
 * @example
 * cholesky(fromRows([[4]]))?.data;  // => [2]
 */
export function cholesky(a: DenseMatrix): DenseMatrix | null {
  const n = a.rows;
  const l = matrix(n, n);
  const { data } = l;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const rest = a.data[i * n + j] - innerProduct(data, i * n, data, j * n, j);
      if (j < i) data[i * n + j] = rest / data[j * n + j];
      else if (rest > 0) data[i * n + i] = Math.sqrt(rest);
      else return null;
    }
  return l;
}

/** Solves L Lᵀ x = b in place. */
export function choleskySolve(l: DenseMatrix, x: Float64Array): void {
  forwardSolve(l, x);
  backwardSolve(l, x);
}

/** Solves L x = b in place. */
export function forwardSolve({ rows: n, data }: DenseMatrix, x: Float64Array): void {
  for (let i = 0; i < n; i++) x[i] = (x[i] - innerProduct(data, i * n, x, 0, i)) / data[i * n + i];
}

/** Solves Lᵀ x = b in place. */
export function backwardSolve({ rows: n, data }: DenseMatrix, x: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i] / data[i * n + i];
    x[i] = value;
    for (let j = 0; j < i; j++) x[j] -= data[i * n + j] * value;
  }
}

/** Diagonal of A^-1 for A = L Lᵀ: variances of a least squares solution. */
export function inverseDiagonal(l: DenseMatrix): Float64Array {
  return Float64Array.from({ length: l.rows }, (_, i) => {
    const e = new Float64Array(l.rows);
    e[i] = 1;
    choleskySolve(l, e);
    return e[i];
  });
}

/** Diagonal blocks of A^-1 for A = L Lᵀ, each k x k. */
export function inverseBlocks(l: DenseMatrix, k: number): DenseMatrix[] {
  const n = l.rows;
  return Array.from({ length: n / k }, (_, b) => {
    const columns = matrix(k, n); // L^-1 e_p
    for (let c = 0; c < k; c++) {
      const p = b * k + c;
      const x = columns.data.subarray(c * n, (c + 1) * n);
      x[p] = 1 / l.data[p * n + p];
      for (let i = p + 1; i < n; i++) x[i] = -innerProduct(l.data, i * n + p, x, p, i - p) / l.data[i * n + i];
    }
    return gemm(columns, columns, { b: true });
  });
}

/** Sum of x[i + k] y[j + k] for k < length, without making views. */
function innerProduct(x: Float64Array, i: number, y: Float64Array, j: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += x[i + k] * y[j + k];
    s1 += x[i + k + 1] * y[j + k + 1];
    s2 += x[i + k + 2] * y[j + k + 2];
    s3 += x[i + k + 3] * y[j + k + 3];
  }
  for (; k < length; k++) s0 += x[i + k] * y[j + k];
  return s0 + s1 + (s2 + s3);
}
