import { cholesky, inverseDiagonal } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { matrix, transpose } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { Candidate } from './candidate';
import type { Observations } from './weightFit';

/** A loss vector times some weight, as columns of the gradient show it. */
export interface LossReading {
  /** K entries */
  readonly values: Float64Array;
  readonly variance: Float64Array;
}

/**
 * weight * g from the members' columns one layer up, which are weight * delta_{layer+1} a_j (method 2, column view): at the head that is it,
 * below it the layers above are solved for it.
 *
 * @param seen the members' biases (or none), then their columns
 * @returns null when too few neurons above are active: several labels would fit
 */
export function lossReading(
  { z, zError, responses }: Candidate,
  seen: Observations,
  members: readonly number[],
): LossReading | null {
  const activation = (k: number): number => Math.max(z[members[k]], 0);
  const first = seen.values.length - members.length * responses.columns;
  // a column is divided by an activation, which has its own error
  const variance = seen.variance.map((s, q) => {
    const k = Math.floor((q - first) / responses.columns);
    return q < first ? s : s + (activation(k) > 0 ? (seen.values[q] * zError[members[k]]) / activation(k) : 0) ** 2;
  });
  const delta = meanColumn({ values: seen.values, variance }, members.length, responses.columns, activation);
  if (responses.rows === responses.columns && isIdentity(responses)) return delta;
  const classes = responses.rows;
  const precision = delta.variance.map((s) => 1 / Math.sqrt(s));
  const scaled = { ...responses, data: responses.data.map((v, k) => v * precision[k % responses.columns]) };
  const right = matrix(
    delta.values.length,
    1,
    delta.values.map((v, c) => v * precision[c]),
  );
  const { solution, rank } = leastSquares(transpose(scaled), right);
  const factor = rank < classes ? null : cholesky(gemm(scaled, scaled, { b: true }));
  return factor && { values: solution.data, variance: inverseDiagonal(factor) };
}

/**
 * At the head, before any pass: sums of the members' columns, whose signs are those of the loss vector since activations are positive.
 */
export function headReading(seen: Observations, members: number, classes: number): LossReading {
  return meanColumn(seen, members, classes, () => 1);
}

/**
 * Labels that a loss vector may have, likeliest first, at most three: the label's entry is the only negative one.
 *
 * @returns none when two entries are clearly negative
 */
export function likelyLabels({ values, variance }: LossReading): number[] {
  const negative = values.filter((v, c) => v < -5 * Math.sqrt(variance[c]));
  if (negative.length > 1) return [];
  return [...values.keys()].sort((a, b) => values[a] - values[b]).slice(0, 3);
}

/** Mean over the members of column / activation, by inverse variance. */
function meanColumn(
  { values, variance }: Observations,
  members: number,
  length: number,
  activation: (k: number) => number,
): LossReading {
  const first = values.length - members * length;
  const sums = new Float64Array(length);
  const weights = new Float64Array(length);
  for (let k = 0; k < members; k++)
    for (let c = 0; c < length; c++) {
      const q = first + k * length + c;
      if (!(variance[q] < Number.POSITIVE_INFINITY)) continue;
      const a = activation(k);
      sums[c] += (a * values[q]) / variance[q];
      weights[c] += (a * a) / variance[q];
    }
  return { values: sums.map((s, c) => (weights[c] > 0 ? s / weights[c] : 0)), variance: weights.map((w) => 1 / w) };
}

function isIdentity(a: DenseMatrix): boolean {
  return a.data.every((v, k) => v === (Math.floor(k / a.columns) === k % a.columns ? 1 : 0));
}
