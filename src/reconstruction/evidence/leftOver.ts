import { gemm } from '../../math/gemm';
import { axpy, matrix, norm, row } from '../../math/matrix';
import type { AffineLayer, AveragedGradient, DenseMatrix, Mlp } from '../../types';
import { type MeasuredNoise, measureNoise } from './arrayNoise';
import { type NoiseModel, varianceOf } from './noiseModel';
import type { Share } from './share';

/** What is left of the gradient's first two layers when the samples found are taken away, with its error bars. */
export interface LeftOver {
  /** n x r, G_0 in the coordinates of the signal's subspace */
  readonly coordinates: DenseMatrix;
  /** deviation of each entry of a row of the coordinates */
  readonly deviation: Float64Array;
  readonly bias: Float64Array;
  /** infinite where pruning took the entry */
  readonly biasVariance: Float64Array;
  /** G_1 (widths[2] x n) */
  readonly above: DenseMatrix;
  readonly aboveVariance: DenseMatrix;
}

/** What the attack is given, and what it measured. */
export interface Evidence {
  readonly model: Mlp;
  readonly gradient: AveragedGradient;
  readonly noise: MeasuredNoise;
}

/**
 * Euler's identity may miss the measured noise by this factor (squared): other models miss it by 7 and more at 10 % noise, and by
 * far more below that.
 */
const largestMisfit = 3;

/** The noise measured, or null when there is none to go by: no floor, another model, no biases in layer 0. */
export function evidenceOf(model: Mlp, gradient: AveragedGradient): Evidence | null {
  const noise = measureNoise(model, gradient);
  return noise && noise.unexplained <= largestMisfit ? { model, gradient, noise } : null;
}

/** The gradient less the shares of the samples; their own errors widen the bars. */
export function leftOver({ model, gradient, noise }: Evidence, shares: readonly Share[]): LeftOver {
  const [lower, upper] = gradient.gradients as [AffineLayer, AffineLayer];
  const { weight } = lower;
  const sizes = rowNorms(model.dense[0].weight);
  const coordinates = { ...noise.signal.coordinates, data: noise.signal.coordinates.data.slice() };
  const variance = coordinateVariance(weight, noise);
  const bias = (lower.bias as Float64Array).slice();
  const biasVariance = bias.map((v) => knownVariance(noise.bias, v));
  const above = { ...upper.weight, data: upper.weight.data.slice() };
  const aboveVariance = { ...above, data: above.data.map((v) => knownVariance(noise.above, v)) };
  for (const { input, error, lower: own, upper: delta, active } of shares) {
    const place = gemm(noise.signal.right, matrix(1, input.length, input), { b: true }).data;
    for (let j = 0; j < weight.rows; j++) {
      const share = own[j];
      if (share === 0) continue;
      axpy(-share, place, row(coordinates, j));
      variance[j] += (share * error) ** 2;
      bias[j] -= share;
    }
    for (let k = 0; k < above.rows; k++)
      for (let j = 0; j < above.columns; j++) {
        const at = k * above.columns + j;
        if (active[j] === 0) continue;
        above.data[at] -= delta[k] * active[j];
        aboveVariance.data[at] += (delta[k] * error * sizes[j]) ** 2;
      }
  }
  return { coordinates, deviation: variance.map(Math.sqrt), bias, biasVariance, above, aboveVariance };
}

/** Per row, the mean variance of its coordinates: its entries' variances by their leverage on the subspace. */
function coordinateVariance(weight: DenseMatrix, { signal, subspace }: MeasuredNoise): Float64Array {
  const leverage = new Float64Array(weight.columns);
  for (let k = 0; k < signal.right.rows; k++)
    row(signal.right, k).forEach((v, d) => {
      leverage[d] += (v * v) / signal.right.rows;
    });
  return Float64Array.from({ length: weight.rows }, (_, j) => {
    const g = row(weight, j);
    return leverage.reduce((sum, h, d) => sum + h * varianceOf(subspace, g[d]), 0);
  });
}

function rowNorms(a: DenseMatrix): Float64Array {
  return Float64Array.from({ length: a.rows }, (_, j) => norm(row(a, j)));
}

function knownVariance(noise: NoiseModel, v: number): number {
  return v === 0 && noise.hidden > 0 ? Number.POSITIVE_INFINITY : Math.max(varianceOf(noise, v), Number.MIN_VALUE);
}
