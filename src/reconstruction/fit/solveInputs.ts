import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { axpy, matrix, norm, row, transpose } from '../../math/matrix';
import { orthonormalRows } from '../../math/orthonormalRows';
import type { AffineLayer, DenseMatrix } from '../../types';
import { homogeneous } from '../evidence/homogeneous';

/** Inputs as the lowest layer's gradient has them for given deltas, every row by its own noise. */
export interface SolvedInputs {
  /** M x d */
  readonly inputs: DenseMatrix;
  /** last entry of each solved [x, 1], which should be 1; 1 without biases */
  readonly last: Float64Array;
  /** variance of an entry of each solved row */
  readonly variance: Float64Array;
  /** M x n: what noise in the weighed rows does to the solution */
  readonly inverse: DenseMatrix;
}

/** Rows of the lowest layer's gradient, [G | gb], in units of their own deviations. */
export interface WeighedRows {
  readonly rows: DenseMatrix;
  /** 1 / deviation of an entry, per row */
  readonly root: Float64Array;
  /** whether the rounding of a solve counts beside the rows' own noise, as it does in float64 */
  readonly fine: boolean;
  readonly biased: boolean;
}

/** Entries up to this many deviations are solved for without rounding that counts. */
const coarse = 1e12;

export function weighedRows(shared: AffineLayer, root: Float64Array): WeighedRows {
  const rows = homogeneous(shared);
  let largest = 0;
  for (let j = 0, k = 0; j < rows.rows; j++)
    for (let c = 0; c < rows.columns; c++, k++) {
      rows.data[k] *= root[j];
      largest = Math.max(largest, Math.abs(rows.data[k]));
    }
  return { rows, root, fine: largest > coarse, biased: shared.bias !== undefined };
}

/**
 * Weighted least squares A = Deltaᵀ [X, 1] (method 3.4).
 *
 * @returns null when the deltas are dependent
 */
export function solveInputs({ rows, root, fine, biased }: WeighedRows, delta: DenseMatrix): SolvedInputs | null {
  const weighed = { ...delta, data: delta.data.map((v, k) => v * root[k % delta.columns]) };
  const { q, l } = orthonormalRows(weighed);
  const identity = matrix(l.rows, l.rows);
  for (let k = 0; k < l.rows; k++) identity.data[k * l.rows + k] = 1;
  const { solution: back, rank } = leastSquares(transpose(l), identity, 1e-14); // L^-T
  if (rank < l.rows) return null;
  const inverse = gemm(back, q);
  const all = gemm(inverse, rows);
  if (fine) {
    const rest = gemm(weighed, all, { a: true });
    for (let k = 0; k < rest.data.length; k++) rest.data[k] = rows.data[k] - rest.data[k];
    axpy(1, gemm(inverse, rest).data, all.data);
  }
  const width = rows.columns - (biased ? 1 : 0);
  const last = Float64Array.from({ length: all.rows }, (_, m) => (biased ? row(all, m)[width] : 1));
  const inputs = matrix(all.rows, width);
  for (let m = 0; m < all.rows; m++)
    row(inputs, m).set(
      row(all, m)
        .subarray(0, width)
        .map((v) => v / last[m]),
    );
  const variance = Float64Array.from({ length: back.rows }, (_, m) => norm(row(back, m)) ** 2);
  return { inputs, last, variance, inverse };
}
