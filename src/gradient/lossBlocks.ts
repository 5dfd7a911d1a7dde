import { cholesky } from '../math/cholesky';
import { gemm } from '../math/gemm';
import { matrix, norm, row } from '../math/matrix';
import type { DenseMatrix, Mlp } from '../types';

/**
 * How much each sample's loss vector shows in a gradient: per sample the K x K matrix 1 + sum over the layers of
 * |[f, 1]|² (d delta / d e)ᵀ diag(1 / variance) (d delta / d e), for errors e in units of their own deviation, as its Cholesky factor.
 *
 * @param features features[i] enters layer i (M x widths[i])
 * @param patterns patterns[i]: 1 where a neuron of ReLU layer i fires
 * @param deviation of the loss vectors' entries (M x K)
 * @param precision 1 / variance of an entry, per row of each layer
 */
export function lossBlocks(
  model: Mlp,
  features: readonly DenseMatrix[],
  patterns: readonly DenseMatrix[],
  deviation: DenseMatrix,
  precision: readonly Float64Array[],
): (DenseMatrix | null)[] {
  const { rows: M, columns: K } = deviation;
  const blocks = Array.from({ length: M }, () => matrix(K, K));
  for (const b of blocks) for (let c = 0; c < K; c++) b.data[c * K + c] = 1;
  // deltas of every layer for a unit error of class c in every sample
  const units = Array.from({ length: K }, (_, c) => {
    const e = matrix(M, K);
    for (let m = 0; m < M; m++) e.data[m * K + c] = deviation.data[m * K + c];
    return lossDeltas(model, patterns, e);
  });
  features.forEach((f, i) => {
    const root = precision[i].map(Math.sqrt);
    for (let m = 0; m < M; m++) {
      const size = norm(row(f, m)) ** 2 + (model.dense[i].bias ? 1 : 0);
      const own = matrix(K, root.length);
      for (let c = 0; c < K; c++) row(own, c).set(row(units[c][i], m).map((v, j) => v * root[j]));
      gemm(own, own, { b: true }).data.forEach((v, k) => {
        blocks[m].data[k] += size * v;
      });
    }
  });
  return blocks.map((b) => cholesky(b));
}

/** Deltas of every layer from loss vectors, patterns given (method 1). */
export function lossDeltas(model: Mlp, patterns: readonly DenseMatrix[], losses: DenseMatrix): DenseMatrix[] {
  const deltas: DenseMatrix[] = [];
  deltas[patterns.length] = losses;
  for (let i = patterns.length; i > 0; i--) {
    const below = gemm(deltas[i], model.dense[i].weight);
    for (let k = 0; k < below.data.length; k++) below.data[k] *= patterns[i - 1].data[k];
    deltas[i - 1] = below;
  }
  return deltas;
}
