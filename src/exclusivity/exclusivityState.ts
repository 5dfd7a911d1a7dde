import { checkBatch } from '../gradient/captureGradient';
import { checkRelu } from '../model/checkActivation';
import { forward } from '../model/forward';
import type { Batch, Mlp } from '../types';
import { type ActivationPattern, activationPattern } from './activationPattern';
import { exans } from './exans';

/** The exclusivity state of a batch: who fires where, and who fires alone (method 2). */
export interface ExclusivityState {
  /** one pattern per ReLU layer */
  readonly patterns: readonly ActivationPattern[];
  /** exans[i][m]: the neurons of ReLU layer i that sample m alone activates */
  readonly exans: readonly (readonly (readonly number[])[])[];
  /** counts[m][i]: how many they are, samples x ReLU layers */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Exclusivity state of a batch in a network: the analyst's view, which needs the batch (method 2).
 *
 * @throws InputError when the batch does not fit the model, or its activation is not ReLU
 * @example
 * exclusivityState(model, secret).counts;  // => [[5], [5], [9], [11], [13], [7], [11], [4]]
 */
export function exclusivityState(model: Mlp, batch: Batch): ExclusivityState {
  checkRelu('exclusivityState', model);
  checkBatch('exclusivityState', model, batch);
  const patterns = forward(model, batch.inputs).features.slice(1).map(activationPattern);
  const owned = patterns.map(exans);
  const counts = Array.from({ length: batch.inputs.rows }, (_, m) => owned.map((layer) => layer[m]?.length ?? 0));
  return { patterns, exans: owned, counts };
}
