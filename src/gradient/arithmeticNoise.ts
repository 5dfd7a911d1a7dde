import { gemm } from '../math/gemm';
import { matrix, row } from '../math/matrix';
import { softmax } from '../model/softmax';
import type { DenseMatrix, Mlp, Precision } from '../types';

/** Unit roundoff: the largest relative error of one operation. */
export const roundoff: Readonly<Record<Precision, number>> = { float64: 2 ** -53, float32: 2 ** -24 };

/** A pass through the network, as whoever replays a batch has computed it. */
export interface Pass {
  /** features[i] enters layer i (M x widths[i]) */
  readonly features: readonly DenseMatrix[];
  /** preActivations[i] leave layer i (M x widths[i+1]); the last are the logits */
  readonly preActivations: readonly DenseMatrix[];
  /** deltas[i] times each sample's share (M x widths[i+1]) */
  readonly deltas: readonly DenseMatrix[];
  /** each sample's weight in the gradient: 1/M for `mean` */
  readonly shares: Float64Array;
}

/** How far from the exact one the gradient may come out that a framework computes for the same batch (standard deviations). */
export interface ArithmeticNoise {
  /** of the loss vectors' entries, shares included (M x K): p - 1 cancels, see SPEC 13 */
  readonly losses: DenseMatrix;
  /** variance of the weights' entries, the mean over each row of each layer, given the loss vectors */
  readonly weight: readonly Float64Array[];
  /** the same of the biases */
  readonly bias: readonly Float64Array[];
}

/**
 * Rounding errors of a forward and backward pass in floating point, carried through as variances: every sum of n products has a
 * relative error of about u sqrt(n) / 4 of its terms' root sum of squares. A neuron whose pre-activation lies within its own error
 * of zero may have been on or off: its whole delta counts as error.
 *
 * @param u unit roundoff of the arithmetic
 */
export function arithmeticNoise(model: Mlp, pass: Pass, labels: Int32Array, u: number): ArithmeticNoise {
  const { features, preActivations, deltas, shares } = pass;
  const head = model.dense.length - 1;
  const squaredWeights = model.dense.map(({ weight }) => squared(weight));
  const featureVariance: DenseMatrix[] = [matrix(features[0].rows, features[0].columns)];
  const zVariance: DenseMatrix[] = [];
  for (let i = 0; i <= head; i++) {
    const { bias, weight } = model.dense[i];
    const terms = gemm(squared(features[i]), squaredWeights[i], { b: true });
    const carried = gemm(featureVariance[i], squaredWeights[i], { b: true });
    const grown = u * u * sumGrowth(weight.columns);
    terms.data.forEach((t, k) => {
      const b = bias ? bias[k % terms.columns] : 0;
      carried.data[k] += grown * (t + b * b);
    });
    zVariance.push(carried);
    if (i < head) featureVariance.push(where(carried, preActivations[i]));
  }
  const losses = lossDeviation(preActivations[head], zVariance[head], labels, shares, u);
  // the loss vectors' own errors are coherent over all rows and are left to whoever compares; here only what is added below them
  let deltaVariance: DenseMatrix = { ...deltas[head], data: deltas[head].data.map((d) => (u * d) ** 2) };
  const weight: Float64Array[] = [];
  const bias: Float64Array[] = [];
  for (let i = head; i >= 0; i--) {
    const [rows, biases] = rowVariance(features[i], featureVariance[i], deltas[i], deltaVariance, u);
    weight[i] = rows;
    bias[i] = biases;
    if (i > 0)
      deltaVariance = below(
        model.dense[i].weight,
        squaredWeights[i],
        deltas[i],
        deltaVariance,
        preActivations[i - 1],
        zVariance[i - 1],
        u,
      );
  }
  return { losses, weight, bias };
}

/** Growth of a sum's error over that of one term: partial sums are rounded too. */
function sumGrowth(n: number): number {
  return (1 + n / 4) / 3;
}

function squared(a: DenseMatrix): DenseMatrix {
  return { ...a, data: a.data.map((v) => v * v) };
}

/** Variance of the positive part: that of z where it may be positive. */
function where(variance: DenseMatrix, z: DenseMatrix): DenseMatrix {
  return { ...variance, data: variance.data.map((v, k) => (z.data[k] > -unsure * Math.sqrt(v) ? v : 0)) };
}

/** Deviations within which a pre-activation's sign is open. */
const unsure = 6;

function lossDeviation(
  logits: DenseMatrix,
  variance: DenseMatrix,
  labels: Int32Array,
  shares: Float64Array,
  u: number,
): DenseMatrix {
  const result = matrix(logits.rows, logits.columns);
  for (let m = 0; m < logits.rows; m++) {
    const l = row(logits, m);
    const p = softmax(l);
    const top = l.reduce((a, b) => Math.max(a, b));
    // a common shift of all logits changes nothing: what counts are their own deviations and those of the mean
    const mean = p.reduce((sum, v, c) => sum + v * v * variance.data[m * l.length + c], 0);
    row(result, m).set(
      p.map((v, c) => {
        const own =
          (1 - v) ** 2 * variance.data[m * l.length + c] + Math.max(0, mean - v * v * variance.data[m * l.length + c]);
        const functions = (u * (2 + Math.abs(l[c] - top))) ** 2;
        const cancelled = c === labels[m] ? u * u : 0;
        return shares[m] * Math.sqrt(v * v * (own + functions) + cancelled);
      }),
    );
  }
  return result;
}

/** Of G_i = Deltaᵀ F, the mean over each row, and of gb_i = Deltaᵀ 1. */
function rowVariance(
  f: DenseMatrix,
  fVariance: DenseMatrix,
  delta: DenseMatrix,
  deltaVariance: DenseMatrix,
  u: number,
): [Float64Array, Float64Array] {
  const [n, d] = [delta.columns, f.columns];
  const rows = new Float64Array(n);
  const biases = new Float64Array(n);
  const rounding = u * u * sumGrowth(f.rows);
  for (let m = 0; m < f.rows; m++) {
    const size = row(f, m).reduce((sum, v) => sum + v * v, 0) / d;
    const spread = row(fVariance, m).reduce((sum, v) => sum + v, 0) / d;
    for (let j = 0; j < n; j++) {
      const square = delta.data[m * n + j] ** 2;
      const variance = deltaVariance.data[m * n + j] + rounding * square;
      rows[j] += variance * size + square * spread;
      biases[j] += variance;
    }
  }
  return [rows, biases];
}

/** Variance of delta_{i-1} = D Wᵀ delta_i; where the sign of z is open the whole of Wᵀ delta_i is. */
function below(
  weight: DenseMatrix,
  squaredWeight: DenseMatrix,
  delta: DenseMatrix,
  deltaVariance: DenseMatrix,
  z: DenseMatrix,
  zVariance: DenseMatrix,
  u: number,
): DenseMatrix {
  const full = gemm(delta, weight);
  const terms = gemm(squared(delta), squaredWeight);
  const carried = gemm(deltaVariance, squaredWeight);
  const grown = u * u * sumGrowth(delta.columns);
  carried.data.forEach((v, k) => {
    const sd = Math.sqrt(zVariance.data[k]);
    const variance = v + grown * terms.data[k];
    if (Math.abs(z.data[k]) < unsure * sd) carried.data[k] = variance + full.data[k] ** 2;
    else carried.data[k] = z.data[k] > 0 ? variance : 0;
  });
  return carried;
}
