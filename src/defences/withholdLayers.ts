import { check, isCount } from '../check';
import type { AveragedGradient } from '../types';
import { zeroRows } from './mapGradient';

/**
 * Withholds whole layers, weights and biases: they stay with the client.
 *
 * @param layers indices of layers with weights, bottom up; none changes nothing
 * @throws InputError for a layer that is not there
 * @example
 * defences.withholdLayers(gradient, [0, 1]).gradients[1].weight.data.some((v) => v !== 0);  // => false
 */
export function withholdLayers(gradient: AveragedGradient, layers: readonly number[]): AveragedGradient {
  const count = gradient.gradients.length;
  const odd = layers.find((layer) => !(isCount(layer, 0) && layer < count));
  check(odd === undefined, () => `withholdLayers: layer is ${odd}, expected one in 0..${count - 1}`);
  return layers.reduce(
    (left, layer) => zeroRows(left, layer, Array(left.gradients[layer].weight.rows).keys()),
    gradient,
  );
}
