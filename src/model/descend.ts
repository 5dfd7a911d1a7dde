import { matrix } from '../math/matrix';
import type { AffineLayer, Mlp } from '../types';
import { mlpOf } from './mlp';

/**
 * The network after one step W - rate * G, b - rate * gb; the given one stays as it is.
 *
 * @param gradients one for each layer with weights
 */
export function descend(model: Mlp, gradients: readonly AffineLayer[], rate: number): Mlp {
  const step = (values: Float64Array, along: Float64Array): Float64Array => values.map((v, k) => v - rate * along[k]);
  return mlpOf(
    model.dense.map(({ weight, bias }, i): AffineLayer => {
      const g = gradients[i];
      const moved = matrix(weight.rows, weight.columns, step(weight.data, g.weight.data));
      return bias && g.bias ? { weight: moved, bias: step(bias, g.bias) } : { weight: moved };
    }),
  );
}
