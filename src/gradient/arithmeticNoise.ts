import { cholesky, inverseDiagonal } from '../math/cholesky';
import { gemm } from '../math/gemm';
import { columnSums, matrix, row } from '../math/matrix';
import { squared, timesSquares } from '../math/squares';
import { piecesOf } from '../model/layers/pieces';
import { softmax } from '../model/softmax';
import type { DenseMatrix, Mlp, PiecewiseLinear, Precision } from '../types';

/**
 * Largest relative error of one operation, as far as a replay can tell: it is computed in float64 itself, and so is what it is
 * compared with where that is float64.
 */
export const roundoff: Readonly<Record<Precision, number>> = { float64: 2 ** -50, float32: 2 ** -24 };

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
  /** of the loss vectors' entries, shares included (M x K): p - 1 cancels, see method 13 */
  readonly losses: DenseMatrix;
  /** variance of the weights' entries, the mean over each row of each layer, given the loss vectors */
  readonly weight: readonly Float64Array[];
  /** the same for whoever averages over a row along the features: a delta's own error is the same in all of its entries */
  readonly aligned: readonly Float64Array[];
  /** of the biases, as `weight` */
  readonly bias: readonly Float64Array[];
}

/**
 * Rounding errors of a forward and backward pass in floating point, carried through as variances: every sum of n products has a
 * relative error of about u sqrt(n) / 4 of its terms' root sum of squares. The inputs themselves are known no better than the rounding of
 * the lowest layer's rows lets them be. A neuron whose pre-activation lies within its own error of zero may have been on or off: its
 * whole delta counts as error.
 *
 * @param u unit roundoff of the arithmetic
 */
export function arithmeticNoise(model: Mlp, pass: Pass, labels: Int32Array, u: number): ArithmeticNoise {
  const { features, preActivations, deltas, shares } = pass;
  const head = model.dense.length - 1;
  const inputVariance = varianceOfInputs(pass, u);
  const featureVariance: DenseMatrix[] = [outer(inputVariance, roundingProfile(features[0]))];
  const zVariance: DenseMatrix[] = [];
  for (let i = 0; i <= head; i++) {
    const { bias, weight } = model.dense[i];
    const [grown, total] = [u * u * ofTerms(weight.columns), u * u * ofTotal(weight.columns)];
    const terms = squared(features[i]);
    // rounding of the products, and what the features' own errors become
    for (let k = 0; k < terms.data.length; k++) terms.data[k] = grown * terms.data[k] + featureVariance[i].data[k];
    const carried = timesSquares(terms, weight);
    for (let k = 0; k < carried.data.length; k++)
      carried.data[k] += grown * (bias?.[k % carried.columns] ?? 0) ** 2 + total * preActivations[i].data[k] ** 2;
    zVariance.push(carried);
    if (i < head) featureVariance.push(leaving(carried, preActivations[i], model.activations[i]));
  }
  const losses = lossDeviation(preActivations[head], zVariance[head], labels, shares, u);
  // the loss vectors' own errors are coherent over all rows and are left to whoever compares; here only what is added below them
  let deltaVariance: DenseMatrix = { ...deltas[head], data: deltas[head].data.map((d) => (u * d) ** 2) };
  const weight: Float64Array[] = [];
  const aligned: Float64Array[] = [];
  const bias: Float64Array[] = [];
  for (let i = head; i >= 0; i--) {
    const own = rowVariance(features[i], featureVariance[i], deltas[i], deltaVariance, u);
    weight[i] = own.rows;
    aligned[i] = own.aligned;
    bias[i] = own.biases;
    if (i > 0)
      deltaVariance = below(
        { weight: model.dense[i].weight, squared: squared(model.dense[i].weight) },
        { delta: deltas[i], variance: deltaVariance },
        { z: preActivations[i - 1], variance: zVariance[i - 1], activation: model.activations[i - 1] },
        u,
      );
  }
  return { losses, weight, aligned, bias };
}

/**
 * Variance of an entry of each input, as a linear solve of the lowest layer's rows has it: the diagonal of (Delta diag(1/variance) Deltaᵀ)^-1;
 * zero where the deltas are dependent.
 */
function varianceOfInputs({ features, deltas }: Pass, u: number): Float64Array {
  const [delta] = deltas;
  const sizes = features[0].data.length === 0 ? new Float64Array(delta.rows) : rowMeanSquares(features[0]);
  const grown = u * u * ofTerms(delta.rows);
  const precision = new Float64Array(delta.columns);
  for (let m = 0; m < delta.rows; m++)
    for (let j = 0; j < delta.columns; j++) precision[j] += grown * sizes[m] * delta.data[m * delta.columns + j] ** 2;
  const scaled = {
    ...delta,
    data: delta.data.map((v, k) => {
      const variance = precision[k % delta.columns];
      return variance > 0 ? v / Math.sqrt(variance) : 0;
    }),
  };
  const factor = cholesky(gemm(scaled, scaled, { b: true }));
  const variance = factor ? inverseDiagonal(factor) : new Float64Array(delta.rows);
  // samples that cannot be told apart are as good as unknown, which must not excuse the rest
  return variance.map((v, m) => Math.min(v, largestError ** 2 * sizes[m]));
}

function rowMeanSquares(a: DenseMatrix): Float64Array {
  return Float64Array.from({ length: a.rows }, (_, m) => row(a, m).reduce((sum, v) => sum + v * v, 0) / a.columns);
}

/**
 * Rounding is in proportion to what is rounded, so bright pixels are noisier than dark ones: variance of each feature over the mean of all.
 */
function roundingProfile({ rows, columns, data }: DenseMatrix): Float64Array {
  const squares = new Float64Array(columns);
  for (let m = 0; m < rows; m++) for (let k = 0; k < columns; k++) squares[k] += data[m * columns + k] ** 2;
  const mean = squares.reduce((sum, v) => sum + v, 0) / columns;
  return squares.map((v) => (mean > 0 ? v / mean : 1));
}

/** x yᵀ. */
function outer(x: Float64Array, y: Float64Array): DenseMatrix {
  const result = matrix(x.length, y.length);
  for (let m = 0; m < x.length; m++) row(result, m).set(y.map((v) => x[m] * v));
  return result;
}

/** Error of an input over its size beyond which it is no excuse for what does not fit. */
const largestError = 3e-4;

/**
 * Error of a sum of n products, squared and over u²: each product is rounded, and every partial sum, which is as large as a random
 * walk of the terms or, where they have one sign, as its share of the total.
 */
const ofTerms = (n: number): number => (1 + n / 4) / 3;
const ofTotal = (n: number): number => n / 9;

/** Variance of what leaves an activation: that of z on the steepest piece that it may be on. */
function leaving(variance: DenseMatrix, z: DenseMatrix, activation: PiecewiseLinear): DenseMatrix {
  const { factor } = piecesOf(activation);
  const n = z.columns;
  return {
    ...variance,
    data: variance.data.map((v, k) => {
      const [at, about] = [z.data[k], unsure * Math.sqrt(v)];
      return Math.max(factor(at - about, k % n), factor(at, k % n), factor(at + about, k % n)) ** 2 * v;
    }),
  };
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
): { rows: Float64Array; aligned: Float64Array; biases: Float64Array } {
  const [n, d] = [delta.columns, f.columns];
  const rows = new Float64Array(n);
  const along = new Float64Array(n);
  const biases = new Float64Array(n);
  const rounding = u * u * ofTerms(f.rows);
  const totals = totalsOf(f, delta);
  for (let j = 0; j < n; j++) {
    rows[j] = u * u * ofTotal(f.rows) * totals.weight[j];
    biases[j] = u * u * ofTotal(f.rows) * totals.bias[j];
  }
  for (let m = 0; m < f.rows; m++) {
    const size = row(f, m).reduce((sum, v) => sum + v * v, 0) / d;
    const spread = row(fVariance, m).reduce((sum, v) => sum + v, 0) / d;
    for (let j = 0; j < n; j++) {
      const square = delta.data[m * n + j] ** 2;
      const variance = deltaVariance.data[m * n + j] + rounding * square;
      rows[j] += variance * size + square * spread;
      along[j] += deltaVariance.data[m * n + j] * size;
      biases[j] += variance;
    }
  }
  return { rows, aligned: rows.map((v, j) => v + (d - 1) * along[j]), biases };
}

/** Mean square of each row of Deltaᵀ F, and the square of each entry of Deltaᵀ 1. */
function totalsOf(f: DenseMatrix, delta: DenseMatrix): { weight: Float64Array; bias: Float64Array } {
  // |sum_m delta_m f_m|² = deltaᵀ (F Fᵀ) delta, without forming the gradient
  const product = gemm(gemm(f, f, { b: true }), delta);
  const weight = new Float64Array(delta.columns);
  for (let k = 0; k < delta.data.length; k++)
    weight[k % delta.columns] += (product.data[k] * delta.data[k]) / f.columns;
  return { weight, bias: columnSums(delta).map((v) => v * v) };
}

/** Variance of delta_{i-1} = D Wᵀ delta_i; where z may be on either side of a kink, so is what Wᵀ delta_i is multiplied by. */
function below(
  { weight, squared: squaredWeight }: { weight: DenseMatrix; squared: DenseMatrix },
  { delta, variance }: { delta: DenseMatrix; variance: DenseMatrix },
  { z, variance: zVariance, activation }: { z: DenseMatrix; variance: DenseMatrix; activation: PiecewiseLinear },
  u: number,
): DenseMatrix {
  const { factor, off, kinks } = piecesOf(activation);
  const full = gemm(delta, weight);
  const [grown, total] = [u * u * ofTerms(delta.columns), u * u * ofTotal(delta.columns)];
  const carried = gemm(
    { ...variance, data: variance.data.map((v, k) => v + grown * delta.data[k] ** 2) },
    squaredWeight,
  );
  carried.data.forEach((v, k) => {
    const about = unsure * Math.sqrt(zVariance.data[k]);
    const own = v + total * full.data[k] ** 2;
    const open = kinks.some((kink) => Math.abs(z.data[k] - kink) < about);
    const j = k % z.columns;
    carried.data[k] = open
      ? Math.max(1, off(j)) ** 2 * own + ((1 - off(j)) * full.data[k]) ** 2
      : factor(z.data[k], j) ** 2 * own;
  });
  return carried;
}
