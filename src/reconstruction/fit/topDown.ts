import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { matrix, row, transpose } from '../../math/matrix';
import type { AveragedGradient, DenseMatrix, Mlp } from '../../types';
import type { TopFeatures } from '../columns/inputs';
import { homogeneous } from '../evidence/homogeneous';

/** Inputs found through all layers, and how well each layer determined them. */
export interface Descent {
  /** r x d0 */
  readonly inputs: DenseMatrix;
  readonly systems: readonly { readonly layer: number; readonly rank: number; readonly condition: number }[];
}

/**
 * From the features entering the last ReLU layer down to the inputs (SPEC 5): f > 0 is the pattern of the layer below,
 * which gives its deltas by backpropagation, which give its features by least squares from A_i = Deltaᵀ [F, 1].
 *
 * @returns null when the deltas of a layer are linearly dependent, so that it does not determine the features
 */
export function topDown(model: Mlp, gradient: AveragedGradient, top: TopFeatures): Descent | null {
  const last = model.dense.length - 2;
  const systems: Descent['systems'][number][] = [];
  let features = top.features;
  let delta = last > 0 ? backpropagate(model, last, features, top.losses) : top.losses;
  for (let layer = last - 1; layer >= 0; layer--) {
    const above = model.dense[layer + 1];
    delta = masked(gemm(delta, above.weight), features);
    const shared = gradient.gradients[layer];
    const solved = leastSquares(transpose(delta), homogeneous(shared));
    systems.push({ layer, rank: solved.rank, condition: solved.condition });
    if (solved.rank < delta.rows) return null;
    features = dehomogenise(solved.solution, model.widths[layer], shared.bias !== undefined);
  }
  return { inputs: features, systems };
}

/** Deltas of the last ReLU layer, with the pattern of its own pre-activations. */
function backpropagate(model: Mlp, last: number, features: DenseMatrix, losses: DenseMatrix): DenseMatrix {
  const { weight, bias } = model.dense[last];
  const z = gemm(features, weight, { b: true });
  if (bias)
    z.data.forEach((x, i) => {
      z.data[i] = x + bias[i % z.columns];
    });
  return masked(gemm(losses, model.dense[last + 1].weight), z);
}

/** Zero where the feature is not clearly positive: what is negative shows how large the noise is. */
function masked(delta: DenseMatrix, features: DenseMatrix): DenseMatrix {
  const result = matrix(delta.rows, delta.columns, delta.data.slice());
  for (let m = 0; m < delta.rows; m++) {
    const f = row(features, m);
    const lowest = -f.reduce((low, x) => Math.min(low, x), 0);
    const top = f.reduce((most, x) => Math.max(most, x), 0);
    const limit = lowest < 0.01 * top ? Math.max(10 * lowest, 1e-12 * top) : 0;
    row(result, m).forEach((x, j, all) => {
      all[j] = f[j] > limit ? x : 0;
    });
  }
  return result;
}

function dehomogenise(a: DenseMatrix, width: number, biases: boolean): DenseMatrix {
  const result = matrix(a.rows, width);
  for (let m = 0; m < a.rows; m++) {
    const f = row(a, m);
    const last = biases ? f[width] : 1;
    row(result, m).set(f.subarray(0, width).map((x) => x / last));
  }
  return result;
}
