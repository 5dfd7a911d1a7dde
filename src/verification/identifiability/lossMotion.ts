import { softmaxDerivative } from '../../gradient/gradientJacobian';
import { gemm } from '../../math/gemm';
import { column, matrix, norm, row } from '../../math/matrix';
import { deltaBelow } from '../../model/backward';
import type { Activations } from '../../model/forward';
import { softmaxRows } from '../../model/softmax';
import type { DenseMatrix, Mlp } from '../../types';

/**
 * How loss vectors can move: every dg^m sums to zero, so dg^m = |g^m| Q u^m with K - 1 coordinates u^m, and the deltas
 * of layer i move by e_i^m = directions[i][k] row m, summed over k with weights u^m_k (patterns fixed).
 */
export interface LossMotion {
  /** K x (K-1), orthonormal columns that sum to zero (Helmert) */
  readonly helmert: DenseMatrix;
  /** |g^m|, zero for a saturated sample */
  readonly sizes: Float64Array;
  /** directions[i][k]: change of Delta_i (M x widths[i+1]) for u^m_k = 1 in every sample */
  readonly directions: readonly (readonly DenseMatrix[])[];
  /** Qᵀ (diag p - p pᵀ) Q, one (K-1) x (K-1) matrix per sample */
  readonly softmaxMaps: readonly DenseMatrix[];
}

/** Directions in which the loss vectors of a batch can move, carried down to every layer: K - 1 backward passes. */
export function lossMotion(model: Mlp, activations: Activations, loss: DenseMatrix): LossMotion {
  const head = model.dense.length - 1;
  const classes = loss.columns;
  const helmert = helmertBasis(classes);
  const sizes = Float64Array.from({ length: loss.rows }, (_, m) => norm(row(loss, m)));
  const directions: DenseMatrix[][] = model.dense.map(() => []);
  for (let k = 0; k < classes - 1; k++) {
    let delta = matrix(loss.rows, classes);
    for (let m = 0; m < loss.rows; m++)
      for (let c = 0; c < classes; c++) delta.data[m * classes + c] = sizes[m] * helmert.data[c * (classes - 1) + k];
    directions[head]?.push(delta);
    for (let i = head - 1; i >= 0; i--) {
      delta = deltaBelow(model.dense[i + 1], delta, activations.features[i + 1], model.activations[i]);
      directions[i]?.push(delta);
    }
  }
  return { helmert, sizes, directions, softmaxMaps: softmaxMaps(helmert, activations.logits) };
}

/** Orthonormal basis of the vectors of length K that sum to zero, as columns (K x (K-1)). */
export function helmertBasis(classes: number): DenseMatrix {
  const basis = matrix(classes, classes - 1);
  for (let k = 1; k < classes; k++) {
    const size = Math.sqrt(k * (k + 1));
    for (let c = 0; c < k; c++) basis.data[c * (classes - 1) + k - 1] = 1 / size;
    basis.data[k * (classes - 1) + k - 1] = -k / size;
  }
  return basis;
}

/** Qᵀ (diag p - p pᵀ) Q of every sample, from the softmax's derivative along each column of Q. */
function softmaxMaps(helmert: DenseMatrix, logits: DenseMatrix): DenseMatrix[] {
  const { rows: M, columns: K } = logits;
  const p = softmaxRows(logits);
  const maps = Array.from({ length: M }, () => matrix(K - 1, K - 1));
  for (let k = 0; k < K - 1; k++) {
    const along = matrix(M, K);
    for (let m = 0; m < M; m++) row(along, m).set(column(helmert, k));
    const moved = gemm(softmaxDerivative(p, along), helmert);
    for (let m = 0; m < M; m++) for (let l = 0; l < K - 1; l++) maps[m].data[l * (K - 1) + k] = row(moved, m)[l];
  }
  return maps;
}
