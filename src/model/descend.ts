import { matrix } from '../math/matrix';
import type { AffineLayer, ConvNet, Mlp } from '../types';
import { weightedLayers } from './layers';
import { withWeights } from './withWeights';

/**
 * The network after one step W - rate * G, b - rate * gb; the given one stays as it is.
 *
 * @param gradients one for each layer with weights
 */
export function descend<N extends Mlp | ConvNet>(model: N, gradients: readonly AffineLayer[], rate: number): N {
  const step = (values: Float64Array, along: Float64Array): Float64Array => values.map((v, k) => v - rate * along[k]);
  const moved = weightedLayers(model).map(({ weight, bias }, i): AffineLayer => {
    const g = gradients[i];
    const next = matrix(weight.rows, weight.columns, step(weight.data, g.weight.data));
    return bias && g.bias ? { weight: next, bias: step(bias, g.bias) } : { weight: next };
  });
  return withWeights(model, moved);
}
