import { row } from '../../math/matrix';
import type { AffineLayer, AveragedGradient, Mlp } from '../../types';

/**
 * Relative noise per entry of a gradient, measured on itself, without knowing the batch.
 *
 * Since a_ij = W_i[j] . f_i + b_i[j] on every active neuron and delta_ij = W_{i+1}[:, j] . delta_{i+1}, each neuron obeys
 *   W_i[j] . G_i[j] + b_i[j] gb_i[j] = sum_m delta_ij a_ij / M = W_{i+1}[:, j] . G_{i+1}[:, j],
 * and each column of the head sums to zero (sum_c g_c = 0), for every batch. What is left over is noise: 1e-16 for
 * float64, a few 1e-8 for float32, and above {@link largestNoise} no batch can be meant.
 *
 * @returns per layer, the root mean square of (left side - right side) over the root of the sum of squared terms
 */
export function eulerNoise(model: Mlp, gradient: AveragedGradient): number[] {
  return model.dense.map((layer, i) => {
    const shared = gradient.gradients[i];
    const above = model.dense[i + 1];
    const sharedAbove = gradient.gradients[i + 1];
    return above && sharedAbove ? neuronNoise(layer, shared, above, sharedAbove) : headNoise(shared);
  });
}

/** Noise above which the gradient is called inconsistent: float32 stays below 1e-6, fp16 rounding is about 3e-4. */
export const largestNoise = 1e-4;

function neuronNoise(layer: AffineLayer, shared: AffineLayer, above: AffineLayer, sharedAbove: AffineLayer): number {
  const width = layer.weight.rows;
  const left = new Float64Array(width);
  const terms = new Float64Array(width);
  const add = (j: number, sign: number, w: number, g: number): void => {
    const term = w * g;
    left[j] += sign * term;
    terms[j] += term * term;
  };
  for (let j = 0; j < width; j++) {
    const w = row(layer.weight, j);
    const g = row(shared.weight, j);
    let sum = 0;
    let squares = 0;
    for (let d = 0; d < w.length; d++) {
      const term = w[d] * g[d];
      sum += term;
      squares += term * term;
    }
    left[j] = sum;
    terms[j] = squares;
    if (layer.bias && shared.bias) add(j, 1, layer.bias[j], shared.bias[j]);
  }
  for (let k = 0; k < above.weight.rows; k++) {
    const w = row(above.weight, k);
    const g = row(sharedAbove.weight, k);
    for (let j = 0; j < width; j++) add(j, -1, w[j], g[j]);
  }
  return relativeRms(left, terms);
}

function headNoise({ weight, bias }: AffineLayer): number {
  const width = weight.columns + (bias ? 1 : 0);
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let k = 0; k < weight.rows; k++)
    for (let j = 0; j < width; j++) {
      const g = (j < weight.columns ? weight.data[k * weight.columns + j] : bias?.[k]) as number;
      sums[j] += g;
      squares[j] += g * g;
    }
  return relativeRms(sums, squares);
}

/** Each neuron weighs the same, whatever its size: noise on small rows shows too. Dead neurons are left out. */
function relativeRms(misfits: Float64Array, squaredTerms: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let j = 0; j < misfits.length; j++) {
    const size = squaredTerms[j];
    if (!(size > 0)) continue;
    sum += misfits[j] ** 2 / size;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}
