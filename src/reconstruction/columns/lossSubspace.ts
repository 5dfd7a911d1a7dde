import { gemm } from '../../math/gemm';
import { norm, row, rowsOf, transpose } from '../../math/matrix';
import { type RankFactor, rankFactor } from '../../math/rankFactor';
import type { AffineLayer, AveragedGradient, DenseMatrix, Mlp } from '../../types';
import { homogeneous } from '../evidence/homogeneous';
import { lossBasis } from './lossBasis';

/** What the last ReLU layer's gradient says about the batch: the space that the samples' deltas span (SPEC 4). */
export interface LossSubspace {
  /** neurons with a gradient; all rows below are theirs */
  readonly live: Int32Array;
  /** rank of the gradient: the batch size when the samples are independent */
  readonly rank: number;
  /** n x r, orthonormal columns: every sample's deltas are U q */
  readonly u: DenseMatrix;
  /** r x n */
  readonly ut: DenseMatrix;
  /** r singular values */
  readonly s: Float64Array;
  /** r x (d + 1), orthonormal rows: every sample's features, homogeneous, are Vᵀ a */
  readonly v: DenseMatrix;
  /** n x K: head weights, one row per live neuron */
  readonly head: DenseMatrix;
  /** p x K, orthonormal rows: every sample's loss vector is a combination of them */
  readonly lossBasis: DenseMatrix;
  /** n x p: W_Hᵀ on that basis */
  readonly reducedHead: DenseMatrix;
  readonly headBias: Float64Array | undefined;
  /** sum of all loss vectors, when the head has a bias */
  readonly lossSum: Float64Array | undefined;
  /** n x r: pre-activations of a sample with coordinates a */
  readonly forward: DenseMatrix;
  /** whether the features' last coordinate is the bias' 1 */
  readonly biases: boolean;
  /** standard deviation of the noise in one entry of the gradient, measured on its spectrum */
  readonly entryNoise: number;
  /** S_1 / S_r */
  readonly condition: number;
  /** noise over the smallest singular value kept: above ~0.1 the weakest samples are lost */
  readonly noise: number;
  /** no noise floor was reached: the rank may be cut by the width */
  readonly full: boolean;
}

/**
 * Factors the gradient of the layer below the head.
 *
 * @param noise relative noise per entry, see eulerNoise
 */
export function lossSubspace(model: Mlp, gradient: AveragedGradient, noise: number): LossSubspace {
  const all = homogeneous(gradient.gradients.at(-2) as AffineLayer);
  const sizes = Array.from({ length: all.rows }, (_, j) => norm(row(all, j)));
  const largest = Math.max(...sizes);
  const live = Int32Array.from(sizes.keys()).filter((j) => sizes[j] > 1e-12 * largest);
  return subspaceOn(model, gradient, live, rankFactor(rowsOf(all, live), noise), noise);
}

/** The same on given rows, with their factor. */
export function subspaceOn(
  model: Mlp,
  gradient: AveragedGradient,
  live: Int32Array,
  { u, s, v, rank, noise: floor, full }: RankFactor,
  noise: number,
): LossSubspace {
  const last = model.dense.length - 2;
  const layer = model.dense[last];
  const top = model.dense[last + 1];
  const shared = gradient.gradients[last];
  const [n, d] = [live.length, v.columns];
  const head = rowsOf(transpose(top.weight), live);
  const basis = lossBasis(gradient.gradients[last + 1], rank, noise);
  return {
    live,
    rank,
    u: transpose(u),
    ut: u,
    s,
    v,
    head,
    lossBasis: basis,
    reducedHead: gemm(head, basis, { b: true }),
    headBias: top.bias,
    lossSum: gradient.gradients[last + 1]?.bias?.map((x) => x * (gradient.reduction === 'mean' ? rank : 1)),
    forward: gemm(rowsOf(homogeneous(layer), live), v, { b: true }),
    biases: shared.bias !== undefined,
    // rounding alone leaves a few 1e-16 of the largest, wherever the spectrum ends
    entryNoise: Math.max(floor, 5e-16 * s[0]) / (Math.sqrt(n) + Math.sqrt(d)),
    condition: s[0] / s[rank - 1],
    noise: floor / s[rank - 1],
    full,
  };
}

/** Deltas U q on the live neurons. */
export function deltas({ u }: LossSubspace, q: Float64Array): Float64Array {
  const v = new Float64Array(u.rows);
  for (let j = 0; j < u.rows; j++) {
    let sum = 0;
    const at = j * u.columns;
    for (let k = 0; k < q.length; k++) sum += u.data[at + k] * q[k];
    v[j] = sum;
  }
  return v;
}

/** Noise to expect in one entry of U q: since U = A V / S, it is that of A, magnified by ||q / S||. */
export function deltaNoise({ entryNoise, s }: LossSubspace, q: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < q.length; k++) sum += (q[k] / s[k]) ** 2;
  return entryNoise * Math.sqrt(sum) + 1e-16;
}
