import type { DenseMatrix } from '../types';
import { cholesky, choleskySolve } from './cholesky';
import { axpy, dot, matrix, norm, row } from './matrix';

/** A unit vector x with A x as small as can be, and how small that is. */
export interface NullVector {
  readonly vector: Float64Array;
  /** ||A x|| */
  readonly residual: number;
}

/**
 * The right singular vector of the smallest singular value of some rows of A (n x k), by inverse iteration with the
 * Cholesky factor of the Gram matrix, corrected with residuals of A itself: these give back the accuracy that the Gram
 * matrix loses (corrected semi-normal equations, Björck 1987).
 *
 * @param rows indices of the rows that count
 * @param start first guess, length k
 * @example
 * nullVector(fromRows([[1, -1], [2, -2]]), [0, 1], Float64Array.of(1, 0)).vector;  // => [0.7071…, 0.7071…]
 */
export function nullVector(a: DenseMatrix, rows: ArrayLike<number>, start: Float64Array): NullVector | null {
  const gram = gramMatrix(a, rows);
  const k = a.columns;
  let trace = 0;
  for (let i = 0; i < k; i++) trace += gram.data[i * k + i] as number;
  if (!(trace > 0)) return null;
  for (let i = 0; i < k; i++) gram.data[i * k + i] = (gram.data[i * k + i] as number) + 1e-14 * trace;
  const l = cholesky(gram);
  if (!l) return null;
  const x = start.slice();
  for (let step = 0; step < 3; step++) {
    choleskySolve(l, x);
    normalise(x);
  }
  let residual = 0;
  for (let step = 0; step < 3; step++) {
    const back = new Float64Array(k);
    residual = 0;
    for (let i = 0; i < rows.length; i++) {
      const r = row(a, rows[i] as number);
      const value = dot(r, x);
      residual += value * value;
      axpy(value, r, back);
    }
    if (step === 2) break;
    // x itself solves the shifted system almost without change: only what is not along x may be taken off
    choleskySolve(l, back);
    axpy(-dot(back, x), x, back);
    axpy(-1, back, x);
    normalise(x);
  }
  return { vector: x, residual: Math.sqrt(residual) };
}

/** Sum of r rᵀ over the rows, lower triangle. */
function gramMatrix(a: DenseMatrix, rows: ArrayLike<number>): DenseMatrix {
  const k = a.columns;
  const gram = matrix(k, k);
  let i = 0;
  for (; i + 3 < rows.length; i += 4) {
    const [p, q, s, t] = [0, 1, 2, 3].map((o) => row(a, rows[i + o] as number)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let x = 0; x < k; x++) addFour(gram.data, x * k, x, p, q, s, t);
  }
  for (; i < rows.length; i++) {
    const r = row(a, rows[i] as number);
    for (let x = 0; x < k; x++) axpy(r[x] as number, r.subarray(0, x + 1), row(gram, x));
  }
  return gram;
}

function addFour(
  gram: Float64Array,
  at: number,
  x: number,
  p: Float64Array,
  q: Float64Array,
  s: Float64Array,
  t: Float64Array,
): void {
  const [a, b, c, d] = [p[x] as number, q[x] as number, s[x] as number, t[x] as number];
  for (let y = 0; y <= x; y++)
    gram[at + y] =
      (gram[at + y] as number) +
      a * (p[y] as number) +
      b * (q[y] as number) +
      c * (s[y] as number) +
      d * (t[y] as number);
}

function normalise(x: Float64Array): void {
  const size = norm(x);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) / size;
}
