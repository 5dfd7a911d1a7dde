import { check } from '../check';
import { captureGradient, checkBatch } from '../gradient/captureGradient';
import { matrix } from '../math/matrix';
import { rng } from '../math/rng';
import { weightedLayers } from '../model/layers';
import { withWeights } from '../model/withWeights';
import type { AffineLayer, AveragedGradient, Batch, ConvNet, Mlp } from '../types';
import { mapGradient } from './mapGradient';

/**
 * Gradient of a step trained with dropout: hidden neurons are silenced with probability `rate` and the others scaled by
 * 1/(1 - rate) (Srivastava et al. 2014). One mask for the whole batch, unknown to the server: a weight-level mask,
 * which is what a client can apply without changing the shared architecture. Convolutions are left alone: hidden neurons are
 * those of the head, as in VGG.
 *
 * @param rate strength in [0, 1); 0 changes nothing
 * @throws InputError outside that range or when the batch does not fit the model
 * @example
 * const shared = defences.dropout(model, secret, 0.5, 1);
 * shared.gradients[0].bias?.filter((v) => v === 0).length;  // => 266
 */
export function dropout(model: Mlp | ConvNet, batch: Batch, rate: number, seed = 0): AveragedGradient {
  check(0 <= rate && rate < 1, () => `dropout: rate is ${rate}, expected a number in [0, 1)`);
  checkBatch('dropout', model, batch);
  if (rate === 0) return captureGradient(model, batch);
  const uniform = rng(seed);
  const scale = 1 / (1 - rate);
  const head = 'stack' in model ? model.head : model;
  const all = weightedLayers(model);
  const below = all.length - head.dense.length;
  // a silenced neuron is one whose way up is cut: the columns of the layer above
  const factors = head.widths.map((width, i) =>
    Float64Array.from({ length: width }, () =>
      i === 0 || i === head.widths.length - 1 ? 1 : uniform() < rate ? 0 : scale,
    ),
  );
  const cut = (weight: Float64Array, layer: number): Float64Array => {
    if (layer < below) return weight;
    const columns = head.widths[layer - below];
    return weight.map((v, k) => v * factors[layer - below][k % columns]);
  };
  const layers = all.map(
    ({ weight, bias }, i): AffineLayer => ({
      weight: matrix(weight.rows, weight.columns, cut(weight.data, i)),
      ...(bias && { bias }),
    }),
  );
  const gradient = captureGradient(withWeights(model, layers), batch);
  // chain rule through the cut: the shared weights are those before it
  return mapGradient(gradient, (values, layer, part) => (part === 'weight' ? cut(values, layer) : values));
}
