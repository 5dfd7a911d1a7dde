import { atMost } from '../../math/chiSquared';
import { gemm } from '../../math/gemm';
import { axpy, norm, row, rowsOf, topRows, transpose } from '../../math/matrix';
import { type RankFactor, rankFactor } from '../../math/rankFactor';
import { leadingVectors } from '../../math/singularVectors';
import { piecesOf } from '../../model/layers/pieces';
import type { AffineLayer, DenseMatrix, PiecewiseLinear } from '../../types';
import type { Evidence } from '../evidence/evidence';
import { homogeneous, roundingVariance } from '../evidence/homogeneous';
import { coordinateVariance, type MeasuredLayer } from '../evidence/measureNoise';
import { lossBasis } from './lossBasis';

/** What a network says about the deltas of the last ReLU layer: u = W_Hᵀ g where a neuron fires, which z = W f + b tells. */
export interface Guide {
  /** n x K: head weights, one row per live neuron */
  readonly head: DenseMatrix;
  /** n x p: W_Hᵀ on the basis of loss vectors */
  readonly reducedHead: DenseMatrix;
  readonly headBias: Float64Array | undefined;
  /** n x r: pre-activations of a sample with coordinates a */
  readonly forward: DenseMatrix;
}

/**
 * What the last ReLU layer's gradient says about the batch: the space that the samples' deltas span (method 4).
 *
 * A ReLU network stays the same when a neuron's row is multiplied by some s > 0 and its outgoing weights are divided by it. Here
 * neurons are scaled so that added noise is the same in all rows, and that of rounding not larger in some than the signal in others.
 */
export interface LossSubspace extends Guide {
  /** neurons with a gradient; all rows below are theirs, scaled */
  readonly live: Int32Array;
  /** what each of them is multiplied by */
  readonly scale: Float64Array;
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
  /** p x K, orthonormal rows: every sample's loss vector is a combination of them */
  readonly lossBasis: DenseMatrix;
  /** sum of all loss vectors, when the head has a bias */
  readonly lossSum: Float64Array | undefined;
  /** whether the features' last coordinate is the bias' 1 */
  readonly biases: boolean;
  /** standard deviation of the noise in one entry of the scaled gradient, measured on its spectrum */
  readonly entryNoise: number;
  /** noise over the smallest singular value kept: above ~0.1 the weakest samples are lost */
  readonly noise: number;
  /** no noise floor was reached: the rank may be cut by the width */
  readonly full: boolean;
  /** relative error of a delta by itself: it is the same in all entries of a row, so the spectrum does not show it */
  readonly rounding: number;
  /** of the last hidden layer */
  readonly activation: PiecewiseLinear;
  /** derivative of each live neuron where it does not fire; absent where that is 0, and deltas have zeros */
  readonly slopes?: Float64Array;
  /** interval that every input is known to lie in, where the features are the inputs; a prior, told by who asks. @default none */
  readonly box?: readonly [number, number];
  /** the same before and after the client's steps, where it took several (method 12): the network then moved between the two */
  readonly ends?: readonly [Guide, Guide];
}

/**
 * Factors the gradient of the layer below the head. Where noise was added, its rank is where the spectrum meets that noise, and
 * rows that hold nothing else are left out, since their zeros would pass for zeros of a support.
 *
 * @returns null when the noise leaves nothing to factor
 */
export function lossSubspace(evidence: Evidence): LossSubspace | null {
  const { model, gradient, added, unit } = evidence;
  const last = model.dense.length - 2;
  const all = homogeneous(gradient.gradients[last]);
  const measured = added?.[last] ?? null;
  const variance = measured ? noiseOfRows(measured, gradient.gradients[last]) : roundingVariance(all, unit);
  const live = measured?.signal ? standing(measured.signal.coordinates, variance) : nonzero(all);
  if (live.length === 0) return null;
  const deviations = Float64Array.from(live, (j) => Math.sqrt(variance[j]));
  const middle = deviations.slice().sort()[deviations.length >> 1];
  // Rounding is in proportion to what was summed, which cancels in many rows: only rows far below the others, which none but confident
  // samples fire, are lifted out of the others' noise
  const scale = deviations.map((d) => (measured ? middle / d : Math.max(1, Math.sqrt((0.02 * middle) / d))));
  const rows = scaledRows(rowsOf(all, live), scale);
  const factor = measured?.signal ? factorOfRank(rows, measured.signal.right.rows, middle) : rankFactor(rows, unit);
  return factor && subspaceOn(evidence, live, scale, factor);
}

function noiseOfRows({ signal, subspace }: MeasuredLayer, { weight }: AffineLayer): Float64Array {
  return signal ? coordinateVariance(weight, subspace, signal.right) : new Float64Array(weight.rows).fill(1);
}

function nonzero(a: DenseMatrix): Int32Array {
  return Int32Array.from({ length: a.rows }, (_, j) => j).filter((j) => row(a, j).some((v) => v !== 0));
}

function standing(coordinates: DenseMatrix, variance: Float64Array): Int32Array {
  const least = atMost(coordinates.columns);
  return Int32Array.from({ length: coordinates.rows }, (_, j) => j).filter(
    (j) => norm(row(coordinates, j)) ** 2 > least * variance[j],
  );
}

/** Singular vectors up to a rank that is known; directions beyond it let the power iterations settle. */
function factorOfRank(a: DenseMatrix, rank: number, deviation: number): RankFactor | null {
  const spare = 16;
  if (rank + spare > Math.min(a.rows, a.columns)) return null;
  const { u, v, s } = leadingVectors(a, rank + spare);
  const noise = deviation * (Math.sqrt(a.rows) + Math.sqrt(a.columns));
  return { u: topRows(u, rank), v: topRows(v, rank), s: s.slice(0, rank), rank, noise, full: false };
}

function subspaceOn(
  { model, gradient, unit, added }: Evidence,
  live: Int32Array,
  scale: Float64Array,
  { u, s, v, rank, noise, full }: RankFactor,
): LossSubspace {
  const last = model.dense.length - 2;
  const [layer, top] = [model.dense[last], model.dense[last + 1]];
  const [n, d] = [live.length, v.columns];
  const head = scaledRows(rowsOf(transpose(top.weight), live), scale);
  const relative = Math.max(unit, noise / s[0]);
  const activation = model.activations[last];
  const own = Float64Array.from(live, piecesOf(activation).off);
  const slopes = own.some((a) => a !== 0) ? own : null;
  // a basis from a noisy head is off, which counts where values decide; all loss vectors will do where neurons are many
  const all = added !== null && slopes !== null && n > 2 * (rank + top.weight.rows);
  const basis = lossBasis(gradient.gradients[last + 1], all ? Number.POSITIVE_INFINITY : rank, relative);
  return {
    rounding: unit,
    activation,
    ...(slopes && { slopes }),
    live,
    scale,
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
    forward: scaledRows(
      gemm(rowsOf(homogeneous(layer), live), v, { b: true }),
      scale.map((x) => 1 / x),
    ),
    biases: layer.bias !== undefined,
    // rounding alone leaves a few 1e-16 of the largest, wherever the spectrum ends
    entryNoise: Math.max(noise, 5e-16 * s[0]) / (Math.sqrt(n) + Math.sqrt(d)),
    noise: noise / s[rank - 1],
    full,
  };
}

/** Rows times factors, in place. */
function scaledRows(a: DenseMatrix, factors: Float64Array): DenseMatrix {
  a.data.forEach((v, k) => {
    a.data[k] = v * factors[Math.floor(k / a.columns)];
  });
  return a;
}

/** Value and derivative of a live neuron at its pre-activation, which is scaled as in `forward`; so is the value. */
export function neurons({ activation, scale, live }: Pick<LossSubspace, 'activation' | 'scale' | 'live'>): {
  value(j: number, z: number): number;
  factor(j: number, z: number): number;
} {
  const { factor, value } = piecesOf(activation);
  const size = (j: number): number => (activation.kind === 'relu6' ? scale[j] : 1); // the others are the same at any scale
  return {
    value: (j, z) => value(z * size(j), factor(z * size(j), live[j])) / size(j),
    factor: (j, z) => factor(z * size(j), live[j]),
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

/** The network on the straight line between its two ends, 0 before and 1 after: it moves nearly along it. */
export function between([a, b]: readonly [Guide, Guide], s: number): Guide {
  const mixed = (x: Float64Array, y: Float64Array): Float64Array => {
    const z = x.map((value) => (1 - s) * value);
    axpy(s, y, z);
    return z;
  };
  const mix = (x: DenseMatrix, y: DenseMatrix): DenseMatrix => ({ ...x, data: mixed(x.data, y.data) });
  return {
    head: mix(a.head, b.head),
    reducedHead: mix(a.reducedHead, b.reducedHead),
    headBias: a.headBias && b.headBias && mixed(a.headBias, b.headBias),
    forward: mix(a.forward, b.forward),
  };
}
