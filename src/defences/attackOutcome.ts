import { confidence, type Interval } from '../math/confidence';

/** What one attack got through. */
export interface AttackOutcome {
  readonly attack: string;
  /** fraction of the batch with a candidate at a mean squared error of at most 1e-6 */
  readonly exact: Interval;
  /** the same at 1e-2, that is 20 dB for a peak of 1 */
  readonly visible: Interval;
}

/**
 * Fractions of the batch recovered exactly and visibly, over repetitions.
 *
 * @param errors per repetition, each true sample's smallest mean squared error, see bestErrors
 * @example
 * defences.attackOutcome('ExAN', [[0, 1], [0, 1]]).exact.mean;  // => 0.5
 */
export function attackOutcome(attack: string, errors: readonly (readonly number[])[]): AttackOutcome {
  const within = (limit: number): Interval =>
    confidence(errors.map((e) => e.filter((v) => v <= limit).length / e.length));
  return { attack, exact: within(1e-6), visible: within(1e-2) };
}
