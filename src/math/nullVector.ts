import type { DenseMatrix } from '../types';
import { cholesky, choleskySolve } from './cholesky';
import { axpy, dot, matrix, normalise, row } from './matrix';

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
 * @param last remembers the Gram matrix of a call before, to which only the rows that differ are added or taken off
 * @example
 * nullVector(fromRows([[1, -1], [2, -2]]), [0, 1], Float64Array.of(1, 0)).vector;  // => [0.7071…, 0.7071…]
 */
export function nullVector(
  a: DenseMatrix,
  rows: ArrayLike<number>,
  start: Float64Array,
  last: GramOfRows = gramOfRows(a),
): NullVector | null {
  const gram = last.change(rows);
  const k = a.columns;
  let trace = 0;
  for (let i = 0; i < k; i++) trace += gram.data[i * k + i];
  if (!(trace > 0)) return null;
  for (let i = 0; i < k; i++) gram.data[i * k + i] += 1e-14 * trace;
  const l = cholesky(gram);
  if (!l) return null;
  let residual = 0;
  const back = (x: Float64Array): Float64Array => {
    const sum = new Float64Array(k);
    residual = 0;
    for (let i = 0; i < rows.length; i++) {
      const r = row(a, rows[i]);
      const value = dot(r, x);
      residual += value * value;
      axpy(value, r, sum);
    }
    return sum;
  };
  const vector = smallestVector(start, (x) => choleskySolve(l, x), back);
  if (!vector) return null;
  back(vector);
  return { vector, residual: Math.sqrt(residual) };
}

/**
 * The unit vector for which a positive matrix is smallest, by three steps of inverse iteration, corrected twice by what it leaves of the matrix
 * itself (Björck 1987).
 *
 * @param solve applies the inverse in place, of a matrix that is shifted by a little
 * @param apply the matrix itself, as exactly as can be; null where it cannot be told
 */
export function smallestVector(
  start: Float64Array,
  solve: (x: Float64Array) => void,
  apply: ((x: Float64Array) => Float64Array | null) | null,
): Float64Array | null {
  const x = start.slice();
  for (let step = 0; step < 3; step++) {
    solve(x);
    normalise(x);
  }
  for (let step = 0; apply && step < 2; step++) {
    const rest = apply(x);
    if (!rest) return null;
    // x itself solves the shifted system almost without change: only what is not along x may be taken off
    solve(rest);
    axpy(-dot(rest, x), x, rest);
    axpy(-1, rest, x);
    normalise(x);
  }
  return x;
}

/** A Gram matrix that follows a changing set of rows. */
export interface GramOfRows {
  /** the sum of r rᵀ over these rows of A, lower triangle (k x k, a copy) */
  change(rows: ArrayLike<number>): DenseMatrix;
}

/** Starts with no rows. */
export function gramOfRows(a: DenseMatrix): GramOfRows {
  const k = a.columns;
  const gram = matrix(k, k);
  const inside = new Uint8Array(a.rows);
  return {
    change(rows) {
      const wanted = new Uint8Array(a.rows);
      for (let i = 0; i < rows.length; i++) wanted[rows[i]] = 1;
      const added: number[] = [];
      const removed: number[] = [];
      for (let j = 0; j < a.rows; j++) if (wanted[j] !== inside[j]) (wanted[j] ? added : removed).push(j);
      addRows(gram.data, a, added, 1);
      addRows(gram.data, a, removed, -1);
      inside.set(wanted);
      return matrix(k, k, gram.data.slice());
    },
  };
}

function addRows(gram: Float64Array, a: DenseMatrix, rows: readonly number[], sign: number): void {
  const k = a.columns;
  const none = new Float64Array(k);
  for (let i = 0; i < rows.length; i += 4) {
    const at = (o: number): Float64Array => (i + o < rows.length ? row(a, rows[i + o]) : none);
    const [p, q, s, t] = [at(0), at(1), at(2), at(3)];
    for (let x = 0; x < k; x++) {
      const [wp, wq, ws, wt] = [sign * p[x], sign * q[x], sign * s[x], sign * t[x]];
      const to = x * k;
      for (let y = 0; y <= x; y++) gram[to + y] = gram[to + y] + wp * p[y] + wq * q[y] + ws * s[y] + wt * t[y];
    }
  }
}
