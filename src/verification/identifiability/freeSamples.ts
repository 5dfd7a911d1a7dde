import { leastSquares } from '../../math/leastSquares';
import { dot, matrix, row, topRows, transpose } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { pivotedQr } from '../../math/pivotedQr';
import type { DenseMatrix } from '../../types';
import { unitRows } from './unitRows';

/** What the rows delta^m of Delta (M x n) let be solved for, and what they leave free. */
export interface FreeSamples {
  readonly rank: number;
  /** smallest pivot kept relative to the largest, on rows of unit length */
  readonly margin: number;
  /** |delta^m|; a zero row has size 1 here, so that it can be divided by */
  readonly sizes: Float64Array;
  /** rank orthonormal rows that span the deltas (rank x n) */
  readonly range: readonly Float64Array[];
  /** free x M orthonormal rows n with sum_m n_m delta^m / |delta^m| = 0 */
  readonly free: DenseMatrix;
  /** M x rank: the least-norm Y of Deltaᵀ Y = range . C, on rows of unit length, is `solve` times C */
  readonly solve: DenseMatrix;
}

/**
 * Splits the samples of a layer into what its deltas determine and what they leave free: a combination of samples whose
 * deltas cancel can carry any change of the features without showing in the weight gradient (method 7).
 *
 * @example
 * freeSamples(fromRows([[1, 0], [2, 0]])).free.rows;  // => 1: parallel deltas
 */
export function freeSamples(delta: DenseMatrix): FreeSamples {
  const { unit, sizes } = unitRows(delta);
  const { basis: range, r, rank, condition } = pivotedQr(transpose(unit), 1e-10);
  const triangular = topRows(r, rank);
  const { basis: free, rowSpace } = nullSpace(triangular);
  return { rank, margin: rank === 0 ? 0 : 1 / condition, sizes, range, free, solve: leastNorm(triangular, rowSpace) };
}

/** R^+ for R (rank x M) of full row rank, from an orthonormal basis of its rows: V (R V)^-1. */
function leastNorm(r: DenseMatrix, rowSpace: readonly Float64Array[]): DenseMatrix {
  const rank = rowSpace.length;
  const rv = matrix(rank, rank);
  rowSpace.forEach((v, k) => {
    for (let i = 0; i < rank; i++) rv.data[i * rank + k] = dot(row(r, i), v);
  });
  const identity = matrix(rank, rank);
  for (let i = 0; i < rank; i++) identity.data[i * rank + i] = 1;
  const inverse = leastSquares(rv, identity).solution;
  const result = matrix(r.columns, rank);
  rowSpace.forEach((v, k) => {
    for (let m = 0; m < v.length; m++)
      for (let i = 0; i < rank; i++) result.data[m * rank + i] += v[m] * inverse.data[k * rank + i];
  });
  return result;
}
