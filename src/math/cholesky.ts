import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { axpy, matrix, row, topRows } from './matrix';

/** Rows that are done by plain loops; what they do to the rest is a matrix product. */
const block = 48;

/**
 * Lower triangular L with L Lᵀ = A for a symmetric positive definite A; null when a pivot is not positive.
 *
 * @param a only its lower triangle is read
 * @example
 * cholesky(fromRows([[4]]))?.data;  // => [2]
 */
export function cholesky(a: DenseMatrix): DenseMatrix | null {
  const n = a.rows;
  const l = matrix(n, n);
  const { data } = l;
  for (let i = 0; i < n; i++) data.set(a.data.subarray(i * n, i * n + i + 1), i * n);
  for (let from = 0; from < n; from += block) {
    const to = Math.min(n, from + block);
    for (let i = from; i < n; i++)
      for (let j = from; j <= Math.min(i, to - 1); j++) {
        const rest = data[i * n + j] - innerProduct(data, i * n + from, data, j * n + from, j - from);
        if (j < i) data[i * n + j] = rest / data[j * n + j];
        else if (rest > 0) data[i * n + i] = Math.sqrt(rest);
        else return null;
      }
    if (to === n) break;
    const panel = part(l, to, n, from, to);
    const done = gemm(panel, panel, { b: true });
    for (let i = to; i < n; i++)
      for (let j = to; j <= i; j++) data[i * n + j] -= done.data[(i - to) * done.columns + j - to];
  }
  return l;
}

/** A plus a share of its mean diagonal, in place. */
export function ridged(a: DenseMatrix, share: number): DenseMatrix {
  const n = a.rows;
  let trace = 0;
  for (let i = 0; i < n; i++) trace += a.data[i * n + i];
  for (let i = 0; i < n; i++) a.data[i * n + i] += (share * trace) / n;
  return a;
}

/** Largest over smallest pivot of a Cholesky factor: a cheap estimate of the condition of what its Gram matrix was made of. */
export function pivotRatio({ rows, data }: DenseMatrix): number {
  const pivots = Array.from({ length: rows }, (_, i) => data[i * rows + i]);
  return pivots.reduce((a, b) => Math.max(a, b), 0) / pivots.reduce((a, b) => Math.min(a, b));
}

/** Solves L Lᵀ x = b in place. */
export function choleskySolve(l: DenseMatrix, x: Float64Array): void {
  forwardSolve(l, x);
  backwardSolve(l, x);
}

/** X with L Lᵀ X = B, for many columns at once. */
export function choleskySolveAll(l: DenseMatrix, b: DenseMatrix): DenseMatrix {
  return solveByInverse(lowerInverse(l), b);
}

/** The same from L^-1, for who solves more than once. */
export function solveByInverse(inverse: DenseMatrix, b: DenseMatrix): DenseMatrix {
  return gemm(inverse, gemm(inverse, b), { a: true });
}

/** Solves L x = b in place. */
function forwardSolve({ rows: n, data }: DenseMatrix, x: Float64Array): void {
  for (let i = 0; i < n; i++) x[i] = (x[i] - innerProduct(data, i * n, x, 0, i)) / data[i * n + i];
}

/** Solves Lᵀ x = b in place. */
function backwardSolve({ rows: n, data }: DenseMatrix, x: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i] / data[i * n + i];
    x[i] = value;
    for (let j = 0; j < i; j++) x[j] -= data[i * n + j] * value;
  }
}

/** Diagonal of A^-1 for A = L Lᵀ: variances of a least squares solution. */
export function inverseDiagonal(l: DenseMatrix): Float64Array {
  return diagonalByInverse(lowerInverse(l));
}

/** The same from L^-1. */
export function diagonalByInverse({ columns, data }: DenseMatrix): Float64Array {
  const sums = new Float64Array(columns);
  data.forEach((v, k) => {
    sums[k % columns] += v * v;
  });
  return sums;
}

/** Diagonal blocks of A^-1 for A = L Lᵀ, each k x k. */
export function inverseBlocks(l: DenseMatrix, k: number): DenseMatrix[] {
  const inverse = lowerInverse(l);
  return Array.from({ length: l.rows / k }, (_, b) => {
    const columns = part(inverse, b * k, l.rows, b * k, (b + 1) * k);
    return gemm(columns, columns, { a: true });
  });
}

/** L^-1, lower triangular too: block by block of rows. */
export function lowerInverse(l: DenseMatrix): DenseMatrix {
  const n = l.rows;
  const x = matrix(n, n);
  for (let from = 0; from < n; from += block) {
    const to = Math.min(n, from + block);
    if (from > 0) x.data.set(gemm(part(l, from, to, 0, from), topRows(x, from)).data, from * n);
    for (let i = from; i < to; i++) {
      const own = row(x, i);
      for (let j = from; j < i; j++) axpy(l.data[i * n + j], row(x, j), own);
      const pivot = l.data[i * n + i];
      for (let c = 0; c < i; c++) own[c] /= -pivot;
      own[i] = 1 / pivot;
    }
  }
  return x;
}

/** Rows and columns from .. to of a matrix. */
function part(a: DenseMatrix, fromRow: number, toRow: number, fromColumn: number, toColumn: number): DenseMatrix {
  const result = matrix(toRow - fromRow, toColumn - fromColumn);
  for (let i = fromRow; i < toRow; i++)
    row(result, i - fromRow).set(a.data.subarray(i * a.columns + fromColumn, i * a.columns + toColumn));
  return result;
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
