import { row } from '../../math/matrix';
import type { AveragedGradient, Mlp } from '../../types';
import type { LayerNoise, NoiseModel } from './noiseModel';

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
  const { rows: width, columns } = lower.weight;
  return Array.from({ length: width }, (_, j) => {
    const own = row(lower.weight, j);
    const parts = [
      products(own, row(shared.weight, j), noise[layer].weight, { at: 0, stride: 1, count: columns }, rounding),
      products(
        upper.weight.data,
        above.weight.data,
        noise[layer + 1].weight,
        { at: j, stride: width, count: upper.weight.rows },
        rounding,
      ),
    ];
    if (lower.bias && shared.bias)
      parts.push(products(lower.bias, shared.bias, noise[layer].bias, { at: j, stride: 1, count: 1 }, rounding));
    const [below, top, bias] = parts;
    return {
      misfit: below.sum - top.sum + (bias?.sum ?? 0),
      terms: below.terms + top.terms + (bias?.terms ?? 0),
      variance: below.variance + top.variance + (bias?.variance ?? 0),
    };
  });
}

interface Products {
  /** of w g */
  readonly sum: number;
  /** squared terms */
  readonly terms: number;
  readonly variance: number;
}

/** Sum of w g over some entries, as {@link varianceOf} has the noise of each g: this passes over the whole gradient, so it is one plain loop. */
function products(
  w: Float64Array,
  g: Float64Array,
  { additive, relative, hidden }: NoiseModel,
  { at, stride, count }: { at: number; stride: number; count: number },
  rounding: number,
): Products {
  let [sum, terms, squares, pruned] = [0, 0, 0, 0];
  for (let n = 0, k = at; n < count; n++, k += stride) {
    const term = w[k] * g[k];
    sum += term;
    terms += term * term;
    squares += w[k] * w[k];
    if (g[k] === 0) pruned += w[k] * w[k];
  }
  const cut = hidden > 0 ? pruned : 0;
  const variance = additive ** 2 * (squares - cut) + (hidden ** 2 / 3) * cut + (relative ** 2 + rounding ** 2) * terms;
  return { sum, terms, variance };
}
