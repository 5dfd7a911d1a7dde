import { check } from '../check';
import type { DenseMatrix } from '../types';
import { axpy, matrix, row } from './matrix';
import { pivotedQr } from './pivotedQr';

/** Answer of {@link leastSquares}, with what it takes to see whether it can be trusted. */
export interface LeastSquares {
  /** k x p; rows of columns outside the numerical rank are zero */
  readonly solution: DenseMatrix;
  readonly rank: number;
  readonly condition: number;
  /** ||A X - B|| / ||B|| */
  readonly residual: number;
}

/**
 * Least squares min ||A X - B|| for a tall A (n x k) and many right-hand sides B (n x p): O(n k (k + p)), no copy of B.
 *
 * @param tolerance relative size under which a pivot counts as zero. @default 1e-12
 * @throws InputError when A and B have different numbers of rows
 * @example
 * leastSquares(fromRows([[1], [1]]), fromRows([[1], [3]])).solution.data;  // => [2]
 */
export function leastSquares(a: DenseMatrix, b: DenseMatrix, tolerance = 1e-12): LeastSquares {
  check(a.rows === b.rows, () => `leastSquares: A has ${a.rows} rows and B ${b.rows}, expected the same number`);
  const { basis, r, order, rank, condition } = pivotedQr(a, tolerance);
  const solution = matrix(a.columns, b.columns);
  for (let i = rank - 1; i >= 0; i--) {
    const x = row(solution, order[i]);
    const q = basis[i];
    for (let n = 0; n < b.rows; n++) if (q[n] !== 0) axpy(q[n], row(b, n), x);
    for (let j = i + 1; j < rank; j++) {
      const column = order[j];
      axpy(-r.data[i * r.columns + column], row(solution, column), x);
    }
    const pivot = r.data[i * r.columns + order[i]];
    for (let c = 0; c < x.length; c++) x[c] /= pivot;
  }
  return { solution, rank, condition, residual: relativeResidual(a, solution, b) };
}

function relativeResidual(a: DenseMatrix, x: DenseMatrix, b: DenseMatrix): number {
  let misfit = 0;
  let size = 0;
  const rest = new Float64Array(b.columns);
  for (let i = 0; i < b.rows; i++) {
    rest.set(row(b, i));
    for (const v of rest) size += v * v;
    row(a, i).forEach((factor, k) => axpy(-factor, row(x, k), rest));
    for (const v of rest) misfit += v * v;
  }
  return size === 0 ? 0 : Math.sqrt(misfit / size);
}
