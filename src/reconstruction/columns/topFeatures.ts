import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { fromRows, matrix, row, timesVector, transpose } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { LossSubspace } from './lossSubspace';
import type { LossColumn } from './polish';
import { signAndSize } from './signAndSize';

/** What the last ReLU layer gives away once every column is found. */
export interface TopFeatures {
  /** r x widths[H-1]: the features that enter the last ReLU layer */
  readonly features: DenseMatrix;
  readonly labels: Int32Array;
  /** loss vectors times each sample's share of the gradient (1/M for `mean`), r x K */
  readonly losses: DenseMatrix;
  /** r x r: each sample's coordinates a, with Vᵀ a its features, homogeneous */
  readonly coordinates: DenseMatrix;
  /** what each sample's column q is to be multiplied by */
  readonly factors: Float64Array;
  /** of the columns q */
  readonly condition: number;
}

/**
 * All features at once: A = U S Vᵀ = (U Q) (Q^-1 S Vᵀ), so the rows of Q^-1 S Vᵀ are [f, 1] times a factor that the last
 * coordinate gives, with its sign; the sign also settles the label, for K = 2 too (method 4).
 *
 * @param columns as many as the rank, linearly independent
 */
export function topFeatures(space: LossSubspace, columns: readonly LossColumn[]): TopFeatures | null {
  const { rank: r, s, v, biases } = space;
  const identity = matrix(r, r);
  for (let k = 0; k < r; k++) identity.data[k * r + k] = 1;
  const { solution, rank, condition } = leastSquares(transpose(fromRows(columns.map((c) => c.q))), identity, 1e-13);
  if (rank < r) return null;
  const coordinates = matrix(
    r,
    r,
    solution.data.map((x, i) => x * s[i % r]),
  );
  const product = gemm(coordinates, v);
  const width = v.columns - (biases ? 1 : 0);
  const features = matrix(r, width);
  const losses = matrix(r, space.head.columns);
  const labels = new Int32Array(r);
  const factors = new Float64Array(r);
  for (let m = 0; m < r; m++) {
    const column = columns[m];
    const f = row(product, m);
    const factor = biases ? f[width] : signAndSize(column, space, timesVector(space.forward, row(coordinates, m)));
    if (!(Math.abs(factor) > 0)) return null;
    factors[m] = factor;
    for (let k = 0; k < r; k++) coordinates.data[m * r + k] /= factor;
    for (let k = 0; k < width; k++) features.data[m * width + k] = f[k] / factor;
    const g = column.g.map((x) => x * factor);
    row(losses, m).set(g);
    labels[m] = g.indexOf(Math.min(...g));
  }
  return { features, labels, losses, coordinates, factors, condition };
}
