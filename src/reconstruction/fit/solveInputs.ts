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

/**
 * Weighted least squares A = Deltaᵀ [X, 1] (method 3.4).
 *
 * @param root 1 / deviation of an entry, per row
 * @returns null when the deltas are dependent
 */
export function solveInputs(shared: AffineLayer, delta: DenseMatrix, root: Float64Array): SolvedInputs | null {
  const weighed = { ...delta, data: delta.data.map((v, k) => v * root[k % delta.columns]) };
  const { q, l } = orthonormalRows(weighed);
  const identity = matrix(l.rows, l.rows);
  for (let k = 0; k < l.rows; k++) identity.data[k * l.rows + k] = 1;
  const { solution: back, rank } = leastSquares(transpose(l), identity, 1e-14); // L^-T
  if (rank < l.rows) return null;
  const inverse = gemm(back, q);
  const rows = homogeneous(shared);
  rows.data.forEach((v, k) => {
    rows.data[k] = v * root[Math.floor(k / rows.columns)];
  });
  const all = gemm(inverse, rows);
  // what rounding left of the solve itself: nothing beside float32 noise, but more than float64's
  axpy(-1, gemm(weighed, all, { a: true }).data, rows.data);
  axpy(1, gemm(inverse, rows).data, all.data);
  const width = shared.weight.columns;
  const last = Float64Array.from({ length: all.rows }, (_, m) => (shared.bias ? row(all, m)[width] : 1));
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
