import { gemm } from '../../math/gemm';
import { matrix, row } from '../../math/matrix';
import type { DenseMatrix, ImageShape } from '../../types';

/** Weights of the terms of the Cocktail Party Attack's loss. */
export interface UnmixingWeights {
  /** of the estimates' distance from a normal distribution, (E log cosh s)² */
  readonly negentropy: number;
  /** of exp(temperature |cosine|) - 1 over pairs of estimates */
  readonly decorrelation: number;
  readonly temperature: number;
  /** of the mean absolute difference of neighbouring pixels; only with a picture's shape */
  readonly variation: number;
}

/** Loss of an unmixing matrix with unit rows, and its derivative by them. */
export interface UnmixingLoss {
  readonly loss: number;
  /** M x M */
  readonly slope: DenseMatrix;
}

/**
 * The authors' loss: -mean_m (E log cosh s_m)² + decorrelation + total variation, for s = W X with X whitened; smaller is better.
 *
 * @param w M x M, rows of unit length
 * @param x M x d0, whitened, rows of mean zero
 */
export function unmixingLoss(
  w: DenseMatrix,
  x: DenseMatrix,
  weights: UnmixingWeights,
  image?: ImageShape,
): UnmixingLoss {
  const s = gemm(w, x);
  const [M, d] = [s.rows, s.columns];
  const bySource = matrix(M, d);
  let loss = 0;
  for (let m = 0; m < M; m++) {
    const own = row(s, m);
    const mean = own.reduce((total, v) => total + logCosh(v), 0) / d;
    loss -= (weights.negentropy * mean * mean) / M;
    const factor = (-2 * weights.negentropy * mean) / (M * d);
    row(bySource, m).set(own.map((v) => factor * Math.tanh(v)));
    if (image && weights.variation > 0) loss += variation(own, row(bySource, m), image, weights.variation / M);
  }
  const slope = gemm(bySource, x, { b: true });
  loss += decorrelation(w, slope, weights);
  return { loss, slope };
}

/** log cosh v without overflow. */
function logCosh(v: number): number {
  const size = Math.abs(v);
  return size + Math.log1p(Math.exp(-2 * size)) - Math.LN2;
}

/** Mean absolute differences down and across, their derivative added. */
function variation(s: Float64Array, slope: Float64Array, image: ImageShape, weight: number): number {
  const { height, width, channels } = image;
  let total = 0;
  const pair = (a: number, b: number, part: number): void => {
    const step = s[b] - s[a];
    total += part * Math.abs(step);
    const push = part * Math.sign(step);
    slope[b] += push;
    slope[a] -= push;
  };
  const across = weight / (height * Math.max(1, width - 1) * channels);
  const down = weight / (Math.max(1, height - 1) * width * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        const at = (y * width + x) * channels + c;
        if (x + 1 < width) pair(at, at + channels, across);
        if (y + 1 < height) pair(at, at + width * channels, down);
      }
  return total;
}

/** Mean of exp(T |cosine|) - 1 over pairs of different rows, its derivative added. */
function decorrelation(
  w: DenseMatrix,
  slope: DenseMatrix,
  { decorrelation: weight, temperature }: UnmixingWeights,
): number {
  const M = w.rows;
  const cosines = gemm(w, w, { b: true });
  let total = 0;
  const pull = matrix(M, M);
  for (let i = 0; i < M; i++)
    for (let j = 0; j < M; j++) {
      if (i === j) continue;
      const cosine = cosines.data[i * M + j];
      const value = Math.exp(temperature * Math.abs(cosine));
      total += (weight * (value - 1)) / (M * M);
      pull.data[i * M + j] = (2 * weight * temperature * value * Math.sign(cosine)) / (M * M);
    }
  const more = gemm(pull, w);
  for (let k = 0; k < slope.data.length; k++) slope.data[k] += more.data[k];
  return total;
}
