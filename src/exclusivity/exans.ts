import type { ActivationPattern } from './activationPattern';

/**
 * Exclusively activated neurons (ExANs): the ReLUs of a layer that fire for exactly one sample of the batch (method 2).
 *
 * @returns for each sample, the indices of the neurons it alone activates
 * @example
 * // neuron 0 is shared
 * exans({ samples: 2, neurons: 3, fires: Uint8Array.of(1, 1, 0, 1, 0, 1) });  // => [[1], [2]]
 */
export function exans({ samples, neurons, fires }: ActivationPattern): number[][] {
  const owned: number[][] = Array.from({ length: samples }, () => []);
  for (let j = 0; j < neurons; j++) {
    let owner = -1;
    let count = 0;
    for (let m = 0; m < samples; m++)
      if (fires[m * neurons + j] === 1) {
        owner = m;
        count++;
      }
    if (count === 1) owned[owner]?.push(j);
  }
  return owned;
}
