import { piecesOf } from '../../model/layers/pieces';
import { SIX } from '../../model/layers/relu6';
import type { PiecewiseLinear } from '../../types';

/** Features entering a layer, as some rows of the gradient show them. */
export interface ReadOff {
  /** entering the layer, d entries; of unit length where the layer has no biases */
  readonly features: Float64Array;
  /** deviation of an entry */
  readonly error: number;
}

/**
 * Features that left an activation, freed of noise: behind a ReLU a negative entry is noise and measures it, and everything of that size is
 * zero; behind ReLU6 so is what is as near to 6. Which entries are at an end is the activation pattern of the layer below, so a wrong one
 * costs more than its size. A leaky ReLU has no ends: its features tell by their signs, and stay as they are.
 *
 * @param untouched whether they come straight from shared rows, where zeros are exact
 * @returns null when entries outside of its ends show that these are no features of the activation
 */
export function cleaned({ features, error }: ReadOff, activation: PiecewiseLinear, untouched = false): ReadOff | null {
  const { off } = piecesOf(activation);
  const ends = (j: number): boolean => off(j) === 0;
  const largest = Math.max(...features);
  const smallest = features.reduce((least, v, j) => (v < least && ends(j) ? v : least), Number.POSITIVE_INFINITY);
  if (smallest === Number.POSITIVE_INFINITY) return { features, error };
  const fine = error < 1e-6 * largest;
  // rounding errors are coherent, and those of the deltas come on top
  const most = Math.max((fine ? 30 : 6) * error, 1e-9 * largest);
  if (!(-smallest <= Math.min(most, 0.3 * largest))) return null;
  if (activation.kind === 'relu6' && largest > SIX + most) return null;
  if (untouched && fine && smallest >= 0) return { features, error };
  // rounding is not alike in all entries, added noise is
  const cut = fine ? Math.max(-10 * smallest, 30 * error, 1e-12 * largest) : Math.max(-2 * smallest, 4 * error);
  const end = activation.kind === 'relu6' ? SIX - cut : Number.POSITIVE_INFINITY;
  return { features: features.map((v, j) => (v >= end ? SIX : v > cut || !ends(j) ? v : 0)), error };
}
