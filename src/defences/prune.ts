import { check } from '../check';
import type { AveragedGradient } from '../types';
import { mapGradient } from './mapGradient';

/**
 * Top-k sparsification: the given fraction of the entries of each array, the smallest in magnitude, becomes zero
 * (Aji & Heafield 2017; a defence in Zhu et al. 2019).
 *
 * @param fraction strength in [0, 1); 0 changes nothing
 * @throws InputError outside that range
 * @example
 * // one entry of ten is shared
 * defences.prune(gradient, 0.9).gradients[0].weight.data.filter((v) => v !== 0).length;  // => 40141
 */
export function prune(gradient: AveragedGradient, fraction: number): AveragedGradient {
  check(0 <= fraction && fraction < 1, () => `prune: fraction is ${fraction}, expected a number in [0, 1)`);
  return mapGradient(gradient, (values) => {
    const drop = Math.floor(fraction * values.length);
    if (drop === 0) return values;
    const sizes = values.map(Math.abs).sort();
    const threshold = sizes[drop]; // the smallest entry that stays
    let ties = sizes.subarray(0, drop).reduce((count, v) => count + (v === threshold ? 1 : 0), 0);
    const result = values.slice();
    for (let k = 0; k < result.length; k++) {
      const size = Math.abs(result[k]);
      if (size < threshold || (size === threshold && ties-- > 0)) result[k] = 0;
    }
    return result;
  });
}
