import type { AffineLayer, ConvNet, Mlp } from '../types';
import { convNetOf } from './convNetOf';
import { hasWeights } from './layers';
import { mlpOf } from './mlp';

/**
 * The same network with other weights.
 *
 * @param weights one for each layer with weights, in the order of a gradient's arrays
 */
export function withWeights<N extends Mlp | ConvNet>(model: N, weights: readonly AffineLayer[]): N;
export function withWeights(model: Mlp | ConvNet, weights: readonly AffineLayer[]): Mlp | ConvNet {
  if (!('stack' in model)) return mlpOf(weights, model.activations);
  let next = 0;
  const stack = model.stack.map((layer): ConvNet['stack'][number] => {
    if (!hasWeights(layer)) return layer;
    const { bias: _, ...rest } = layer;
    return { ...rest, ...weights[next++] };
  });
  return convNetOf(model.input, stack, mlpOf(weights.slice(next), model.head.activations));
}
