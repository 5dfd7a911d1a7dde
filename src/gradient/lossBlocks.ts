import { cholesky } from '../math/cholesky';
import { gemm } from '../math/gemm';
import { matrix, norm, row } from '../math/matrix';
import type { DenseMatrix, Mlp } from '../types';
import type { ArithmeticNoise } from './arithmeticNoise';

/**
 * How much each sample's loss vector shows in a gradient: per sample the K x K matrix 1 + sum over the layers of
 * (d delta / d e)ᵀ diag(|f|² / variance of the row + 1 / variance of the bias) (d delta / d e), for errors e in units of their own deviation, as its Cholesky factor.
 *
 * @param features features[i] enters layer i (M x widths[i])
 * @param patterns patterns[i]: derivative of hidden layer i's activation
 * @param noise deviation of the loss vectors' entries (M x K), variance of an entry of each row and of each bias
 */
export function lossBlocks(
  model: Mlp,
  features: readonly DenseMatrix[],
  patterns: readonly DenseMatrix[],
  { losses: deviation, aligned, bias }: Pick<ArithmeticNoise, 'losses' | 'aligned' | 'bias'>,
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
    const rows = inverted(aligned[i]);
    const biases = model.dense[i].bias ? inverted(bias[i]) : new Float64Array(rows.length);
    for (let m = 0; m < M; m++) {
      const square = norm(row(f, m)) ** 2;
      const root = rows.map((v, j) => Math.sqrt(v * square + biases[j]));
      const own = matrix(K, root.length);
      for (let c = 0; c < K; c++) row(own, c).set(row(units[c][i], m).map((v, j) => v * root[j]));
      gemm(own, own, { b: true }).data.forEach((v, k) => {
        blocks[m].data[k] += v;
      });
    }
  });
  return blocks.map((b) => cholesky(b));
}

/** 1 / variance; 0 where nothing is known to vary: such rows say nothing. */
export function inverted(variance: Float64Array): Float64Array {
  return variance.map((v) => (v > 0 ? 1 / v : 0));
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
