import type { AffineLayer, ModelUpdate } from '../types';

/** (before - after) / rate: the sum of the gradients of all steps, each as often as it counts (stepWeights). */
export function summedGradient({ before, after, rate }: Pick<ModelUpdate, 'before' | 'after' | 'rate'>): AffineLayer[] {
  const over = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, k) => (v - b[k]) / rate);
  return before.dense.map(({ weight, bias }, i) => {
    const end = after.dense[i];
    const rest = { weight: { ...weight, data: over(weight.data, end.weight.data) } };
    return bias && end.bias ? { ...rest, bias: over(bias, end.bias) } : rest;
  });
}
