import { cholesky, inverseDiagonal } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { row, transpose } from '../../math/matrix';
import type { DenseMatrix, PiecewiseLinear } from '../../types';
import { cleaned, type ReadOff } from './cleaned';

/** One step down: the features that enter a layer, for samples known above it. */
export interface StepDown {
  /** one per sample, or null where the layer does not determine them */
  readonly features: readonly (ReadOff | null)[];
  readonly rank: number;
  readonly condition: number;
}

/**
 * Features entering a layer from A_i = Deltaᵀ [F, 1] once all deltas of that layer are known (method 3.4 and 5): least squares, every row by
 * its own variance. Where the deltas are dependent, a row that only one sample drives still gives its features.
 *
 * @param deltas shares of all samples that the rows hold (M x n)
 * @param rows A_i, or what is left of it (n x d, or n x (d + 1) with biases)
 * @param variance of an entry, per row
 * @param activation which the features left; none for inputs
 */
export function stepDown(
  deltas: DenseMatrix,
  rows: DenseMatrix,
  variance: Float64Array,
  width: number,
  activation: PiecewiseLinear | undefined,
): StepDown {
  const precision = variance.map((v) => (v > 0 ? 1 / Math.sqrt(v) : 0));
  const scaled = { ...deltas, data: deltas.data.map((v, k) => v * precision[k % deltas.columns]) };
  const right = { ...rows, data: rows.data.map((v, k) => v * precision[Math.floor(k / rows.columns)]) };
  const { solution, rank, condition } = leastSquares(transpose(scaled), right);
  const dependent = rank < deltas.rows;
  const factor = dependent ? null : cholesky(gemm(scaled, scaled, { b: true }));
  const variances = factor && inverseDiagonal(factor);
  const own = dependent ? exclusiveRows(deltas) : [];
  const features = Array.from({ length: deltas.rows }, (_, m) => {
    const read = dependent
      ? fromOwnRows(scaled, right, own[m], m, width)
      : fromSolution(row(solution, m), variances ? Math.sqrt(variances[m]) : Number.POSITIVE_INFINITY, width);
    return read && activation ? cleaned(read, activation) : read;
  });
  return { features, rank, condition };
}

/** [f; 1] scaled: divided by its last entry where there is one. */
function fromSolution(values: Float64Array, error: number, width: number): ReadOff | null {
  const last = values.length > width ? values[width] : 1;
  if (!(Math.abs(last) > 0.01)) return null; // it must be near 1
  return { features: values.subarray(0, width).map((v) => v / last), error: error / Math.abs(last) };
}

/** The mean over rows that one sample alone drives, by inverse variance. */
function fromOwnRows(
  scaled: DenseMatrix,
  right: DenseMatrix,
  rows: readonly number[],
  m: number,
  width: number,
): ReadOff | null {
  let weight = 0;
  const sum = new Float64Array(right.columns);
  for (const j of rows) {
    const delta = scaled.data[m * scaled.columns + j];
    weight += delta * delta;
    row(right, j).forEach((v, k) => {
      sum[k] += delta * v;
    });
  }
  return weight > 0
    ? fromSolution(
        sum.map((v) => v / weight),
        1 / Math.sqrt(weight),
        width,
      )
    : null;
}

/** Per sample, the rows where its delta is on and all others are off. */
function exclusiveRows({ rows, columns, data }: DenseMatrix): number[][] {
  const owned: number[][] = Array.from({ length: rows }, () => []);
  for (let j = 0; j < columns; j++) {
    const on: number[] = [];
    for (let m = 0; m < rows && on.length < 2; m++) if (data[m * columns + j] !== 0) on.push(m);
    if (on.length === 1) owned[on[0]].push(j);
  }
  return owned;
}
