import { check } from '../check';
import { captureGradient, checkBatch } from '../gradient/captureGradient';
import { matrix } from '../math/matrix';
import { rng } from '../math/rng';
import { mlpOf } from '../model/mlp';
import type { AffineLayer, AveragedGradient, Batch, Mlp } from '../types';
import { mapGradient } from './mapGradient';

/**
 * Gradient of a step trained with dropout: hidden neurons are silenced with probability `rate` and the others scaled by
 * 1/(1 - rate) (Srivastava et al. 2014). One mask for the whole batch, unknown to the server: a weight-level mask,
 * which is what a client can apply without changing the shared architecture.
 *
 * @param rate strength in [0, 1); 0 changes nothing
 * @throws InputError outside that range or when the batch does not fit the model
 * @example
 * const shared = defences.dropout(model, secret, 0.5, 1);
 * shared.gradients[0].bias?.filter((v) => v === 0).length;  // => 266
 */
export function dropout(model: Mlp, batch: Batch, rate: number, seed = 0): AveragedGradient {
  check(0 <= rate && rate < 1, () => `dropout: rate is ${rate}, expected a number in [0, 1)`);
  checkBatch('dropout', model, batch);
  if (rate === 0) return captureGradient(model, batch);
  const uniform = rng(seed);
  const scale = 1 / (1 - rate);
  // a silenced neuron is one whose way up is cut: the columns of the layer above
  const factors = model.widths.map((width, i) =>
    Float64Array.from({ length: width }, () =>
      i === 0 || i === model.widths.length - 1 ? 1 : uniform() < rate ? 0 : scale,
    ),
  );
  const cut = (weight: Float64Array, layer: number): Float64Array => {
    const columns = model.widths[layer];
    return weight.map((v, k) => v * (factors[layer] as Float64Array)[k % columns]);
  };
  const layers = model.dense.map(
    (own, i): AffineLayer => ({ ...own, weight: matrix(own.weight.rows, own.weight.columns, cut(own.weight.data, i)) }),
  );
  const gradient = captureGradient(mlpOf(layers), batch);
  // chain rule through the cut: the shared weights are those before it
  return mapGradient(gradient, (values, layer, part) => (part === 'weight' ? cut(values, layer) : values));
}
