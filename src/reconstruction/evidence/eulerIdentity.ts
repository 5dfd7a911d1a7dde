import { row } from '../../math/matrix';
import type { AveragedGradient, Mlp } from '../../types';
import { type LayerNoise, varianceOf } from './noiseModel';

/** What every batch's gradient satisfies, checked at one neuron of a ReLU layer. */
export interface NeuronIdentity {
  /** left side minus right side */
  readonly misfit: number;
  /** sum of the squared terms of both sides */
  readonly terms: number;
  /** expected square of the misfit */
  readonly variance: number;
}

/**
 * Since z_j = W_i[j] . f + b_i[j] and delta_j = W_{i+1}[:, j] . delta_{i+1} on every active neuron, both sides of
 *   W_i[j] . G_i[j] + b_i[j] gb_i[j] = sum_m delta_j z_j / M = W_{i+1}[:, j] . G_{i+1}[:, j]
 * are the same for every batch, whatever it is (method 9): what is left over is noise, or another model's.
 *
 * @param noise of each layer's arrays
 * @param rounding relative rounding of one term of z: the client computed z itself with it
 * @returns one entry per neuron of ReLU layer `layer`
 */
export function eulerIdentity(
  model: Mlp,
  { gradients }: AveragedGradient,
  layer: number,
  noise: readonly LayerNoise[],
  rounding: number,
): NeuronIdentity[] {
  const [lower, upper] = [model.dense[layer], model.dense[layer + 1]];
  const [shared, above] = [gradients[layer], gradients[layer + 1]];
  const width = lower.weight.rows;
  return Array.from({ length: width }, (_, j) => {
    let [misfit, terms, variance] = [0, 0, 0];
    const add = (sign: number, w: number, g: number, own: number): void => {
      const term = w * g;
      misfit += sign * term;
      terms += term * term;
      variance += w * w * own + (rounding * term) ** 2;
    };
    const [w, g] = [row(lower.weight, j), row(shared.weight, j)];
    const model0 = noise[layer].weight;
    for (let d = 0; d < w.length; d++) add(1, w[d], g[d], varianceOf(model0, g[d]));
    if (lower.bias && shared.bias) add(1, lower.bias[j], shared.bias[j], varianceOf(noise[layer].bias, shared.bias[j]));
    for (let k = 0; k < upper.weight.rows; k++) {
      const x = above.weight.data[k * width + j];
      add(-1, upper.weight.data[k * width + j], x, varianceOf(noise[layer + 1].weight, x));
    }
    return { misfit, terms, variance };
  });
}
