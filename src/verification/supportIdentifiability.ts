import { activationPattern } from '../exclusivity/activationPattern';
import { axpy, matrix, norm, row, transpose } from '../math/matrix';
import { pivotedQr } from '../math/pivotedQr';
import type { Activations } from '../model/forward';
import type { DenseMatrix } from '../types';

/** Which samples the zeros of the last ReLU layer's gradient determine (SPEC 7). */
export interface SupportIdentifiability {
  /** rank r of A = Deltaᵀ [F, 1] at the last ReLU layer */
  readonly rank: number;
  /** ranks[m]: rank of U on the rows inactive for m */
  readonly ranks: readonly number[];
  /** ranks[m] === r - 1 and r = M */
  readonly identifiable: readonly boolean[];
}

/**
 * Support identifiability at the last ReLU layer: sample m can be told from the zeros of its column exactly when U,
 * a basis of the columns of A, has rank r - 1 on the neurons that m leaves silent (SPEC 7). This is the limit for any
 * attack on supports; with r < M the samples' features are dependent and no attack on A alone separates them.
 *
 * @param deltas of that layer, M x n
 */
export function supportIdentifiability(
  activations: Activations,
  deltas: DenseMatrix,
  biases: boolean,
): SupportIdentifiability {
  const head = activations.features.length - 1;
  const entering = activations.features[head - 1] as DenseMatrix;
  const { fires, neurons, samples } = activationPattern(activations.features[head] as DenseMatrix);
  const mixing = pivotedQr(transpose(biases ? withOnes(entering) : entering), 1e-10);
  const rows = transpose(unitRows(deltas)); // n x M, columns in proportion to each sample's delta
  const U = pivotedQr(timesMixing(rows, mixing.r, mixing.rank), 1e-10);
  const ranks = Array.from({ length: samples }, (_, m) => {
    const silent = [...Array(neurons).keys()].filter((j) => fires[m * neurons + j] === 0);
    const part = matrix(silent.length, U.rank);
    silent.forEach((j, at) => {
      for (let k = 0; k < U.rank; k++) part.data[at * U.rank + k] = (U.basis[k] as Float64Array)[j] as number;
    });
    return pivotedQr(part, 1e-10).rank;
  });
  return { rank: U.rank, ranks, identifiable: ranks.map((r) => U.rank === samples && r === samples - 1) };
}

function unitRows(a: DenseMatrix): DenseMatrix {
  const result = matrix(a.rows, a.columns, a.data.slice());
  for (let m = 0; m < a.rows; m++) {
    const values = row(result, m);
    const size = norm(values) || 1;
    for (let j = 0; j < values.length; j++) values[j] = (values[j] as number) / size;
  }
  return result;
}

/** Deltaᵀ L, where [F, 1] = L Q with orthonormal rows Q: the same column space as A. */
function timesMixing(rows: DenseMatrix, r: DenseMatrix, rank: number): DenseMatrix {
  const result = matrix(rows.rows, rank);
  for (let j = 0; j < rows.rows; j++)
    for (let k = 0; k < rank; k++) {
      let sum = 0;
      for (let m = 0; m < rows.columns; m++)
        sum += (rows.data[j * rows.columns + m] as number) * (r.data[k * r.columns + m] as number);
      result.data[j * rank + k] = sum;
    }
  return result;
}

function withOnes(f: DenseMatrix): DenseMatrix {
  const result = matrix(f.rows, f.columns + 1);
  for (let m = 0; m < f.rows; m++) {
    axpy(1, row(f, m), row(result, m).subarray(0, f.columns));
    result.data[(m + 1) * result.columns - 1] = 1;
  }
  return result;
}
