import type { Reduction } from '../../types';

/** Batch size and multiplicities read off the samples' weights in the average. */
export interface BatchSize {
  /** M, or null when the weights do not show it */
  readonly size: number | null;
  /** how often each sample is in the batch; equal samples share their neurons and show as one of double weight */
  readonly copies: readonly number[];
  readonly reduction: Reduction;
}

/**
 * M from the weights: 1/M each under `mean`, 1 each under `sum`; a sample that is in the batch twice has double weight.
 *
 * @param weights positive, one per sample found
 * @param complete whether these samples are the whole batch
 * @example
 * batchSizeFrom([0.25, 0.5], false);  // => { size: 4, copies: [1, 2], reduction: 'mean' }
 */
export function batchSizeFrom(weights: readonly number[], complete: boolean, declared: Reduction): BatchSize {
  const whole = (v: number): boolean => Math.abs(v - Math.round(v)) <= 0.01 && v > 0.5;
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (weights.length > 0 && weights.every(whole) && (total > 1.5 || declared === 'sum')) {
    const copies = weights.map(Math.round);
    return { size: complete ? copies.reduce((a, b) => a + b, 0) : null, copies, reduction: 'sum' };
  }
  const least = Math.min(...weights);
  for (let k = 1; k <= 8; k++) {
    const size = k / least;
    if (whole(size) && weights.every((w) => whole(w * size)))
      return { size: Math.round(size), copies: weights.map((w) => Math.round(w * size)), reduction: 'mean' };
  }
  return { size: null, copies: weights.map(() => 1), reduction: declared };
}
