import { check } from '../check';
import { rng, sampleIndices } from '../math/rng';
import type { AveragedGradient } from '../types';
import { zeroRows } from './mapGradient';

/**
 * Withholds the given fraction of the neurons, or filters, of the first layer (weights and biases), chosen by the seed; with 1 the
 * first layer stays at home, as in "Soteria"-like defences, and the attacks have features only.
 *
 * @param fraction strength in [0, 1]; 0 changes nothing
 * @throws InputError outside that range
 * @example
 * defences.maskFirstLayer(gradient, 1).gradients[0].weight.data.some((v) => v !== 0);  // => false
 */
export function maskFirstLayer(gradient: AveragedGradient, fraction: number, seed = 0): AveragedGradient {
  check(0 <= fraction && fraction <= 1, () => `maskFirstLayer: fraction is ${fraction}, expected a number in [0, 1]`);
  const rows = gradient.gradients[0]?.weight.rows ?? 0;
  return zeroRows(gradient, 0, sampleIndices(rng(seed), rows, Math.round(fraction * rows)));
}
