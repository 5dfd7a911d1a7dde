import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { dot, fromRows, matrix, norm, row, transpose } from '../../math/matrix';
import { backward } from '../../model/backward';
import { forward } from '../../model/forward';
import { affine } from '../../model/layers/dense';
import type { DenseMatrix, Mlp } from '../../types';
import type { LayerFactor } from './layerFactor';

/** A batch read from as many directions q as there are samples. */
export interface Disaggregated {
  /** M x d0 */
  readonly inputs: DenseMatrix;
  /** M x n: deltas of the live neurons, times each sample's share */
  readonly deltas: DenseMatrix;
  /** share of entries in which the zeros of the deltas are those neurons that the inputs leave silent (SPEAR's lambda) */
  readonly agreement: number;
}

/**
 * Inputs from directions: the deltas are U q, so [X, 1] = Q^-1 C up to the size of each row, which its last entry,
 * from the bias gradient, gives.
 *
 * @param directions r vectors of length r
 * @param zero an entry of U q below it is zero
 * @returns null when the directions depend on each other, or a row has no last entry
 */
export function disaggregate(
  model: Mlp,
  factor: LayerFactor,
  directions: readonly Float64Array[],
  zero: number,
): Disaggregated | null {
  const q = fromRows(directions);
  const { solution, rank } = leastSquares(transpose(q), factor.c);
  if (rank < q.rows) return null;
  const width = solution.columns - 1;
  const inputs = matrix(q.rows, width);
  const deltas = gemm(q, factor.left, { b: true });
  const silent = deltas.data.map((v) => (Math.abs(v) <= zero ? 1 : 0));
  for (let m = 0; m < q.rows; m++) {
    const last = row(solution, m)[width];
    if (!(Math.abs(last) > 1e-12 * norm(row(solution, m)))) return null;
    row(inputs, m).set(
      row(solution, m)
        .subarray(0, width)
        .map((v) => v / last),
    );
    const own = row(deltas, m);
    for (let j = 0; j < own.length; j++) own[j] *= last;
  }
  return { inputs, deltas, agreement: agreementOf(model, factor, inputs, silent) };
}

/** Pre-activations so near to zero that rounding decides their sign count as right either way. */
const near = 1e-9;

function agreementOf(model: Mlp, { live }: LayerFactor, inputs: DenseMatrix, silent: Float64Array): number {
  const z = affine(model.dense[0], inputs);
  let right = 0;
  for (let m = 0; m < inputs.rows; m++) {
    const own = row(z, m);
    const size = norm(own) / Math.sqrt(own.length);
    live.forEach((j, k) => {
      const off = silent[m * live.length + k] === 1;
      if (Math.abs(own[j]) <= near * size || off === !(own[j] > 0)) right++;
    });
  }
  return right / (inputs.rows * live.length);
}

/**
 * Labels by the loss structure: of all classes the one whose backpropagated deltas are most nearly parallel to those found,
 * with the same sign.
 */
export function labelsOf(model: Mlp, { live }: LayerFactor, { inputs, deltas }: Disaggregated): Int32Array {
  const activations = forward(model, inputs);
  const labels = new Int32Array(inputs.rows);
  const best = new Float64Array(inputs.rows).fill(Number.NEGATIVE_INFINITY);
  for (let y = 0; y < activations.logits.columns; y++) {
    const all = backward(model, activations, new Int32Array(inputs.rows).fill(y))[0];
    for (let m = 0; m < inputs.rows; m++) {
      const own = Float64Array.from(live, (j) => all.data[m * all.columns + j]);
      const cosine = dot(own, row(deltas, m)) / Math.max(norm(own), Number.MIN_VALUE);
      if (cosine > best[m]) [best[m], labels[m]] = [cosine, y];
    }
  }
  return labels;
}
