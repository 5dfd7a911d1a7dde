import type { Reduction } from '../../types';

/** Batch size and multiplicities read off the samples' weights in the gradient. */
export interface BatchSize {
  /** M, or null when the weights do not show it */
  readonly size: number | null;
  /** how often each sample is in the batch; equal samples share their neurons and show as one of double weight */
  readonly copies: readonly number[];
  readonly reduction: Reduction;
  /** what the gradient was multiplied by beside the reduction; null when that cannot be told from samples that left no trace */
  readonly factor: number | null;
}

/** Copies of one sample beyond which a weight is taken for something else. */
const mostCopies = 8;

/**
 * M from the weights: 1/M each under `mean`, 1 each under `sum`; a sample that is in the batch twice has double weight.
 *
 * @param weights positive, one per sample found, divided by the factor if one is known
 * @param complete whether these samples explain the whole gradient
 * @param tolerance how far from whole numbers the copies may be. @default 0.01
 * @example
 * batchSizeFrom([0.25, 0.5], false, 'mean');  // => { size: 4, copies: [1, 2], reduction: 'mean', factor: 1 }
 */
export function batchSizeFrom(
  weights: readonly number[],
  complete: boolean,
  declared: Reduction,
  tolerance = 0.01,
): BatchSize {
  const found = sharedUnit(weights, tolerance);
  if (!found) return { size: null, copies: weights.map(() => 1), reduction: declared, factor: null };
  const { unit, copies } = found;
  const seen = copies.reduce((sum, c) => sum + c, 0);
  const near = (v: number): boolean => Math.abs(v / Math.round(v) - 1) <= tolerance;
  // one sample alone has weight 1 under both
  if (Math.abs(unit - 1) <= tolerance && (seen > 1 || declared === 'sum'))
    return { size: complete ? seen : null, copies, reduction: 'sum', factor: 1 };
  const size = 1 / unit;
  if (declared === 'mean' && near(size) && Math.round(size) >= seen) {
    const M = Math.round(size);
    // as many samples without a trace as with one: rather a factor
    const doubtful = complete && M >= 2 * seen;
    return { size: doubtful ? null : M, copies, reduction: 'mean', factor: doubtful ? null : 1 };
  }
  return {
    size: null,
    copies,
    reduction: declared,
    factor: complete ? (declared === 'mean' ? unit * seen : unit) : null,
  };
}

/** The largest unit of which all weights are small multiples: the least one may itself be several copies. */
function sharedUnit(weights: readonly number[], tolerance: number): { unit: number; copies: number[] } | null {
  const least = Math.min(...weights);
  if (!(least > 0)) return null;
  for (let k = 1; k <= mostCopies; k++) {
    const copies = weights.map((w) => Math.round((w * k) / least));
    if (copies.some((c) => c > 8 * mostCopies)) return null;
    if (!weights.every((w, m) => Math.abs((w * k) / least - copies[m]) <= tolerance * Math.max(1, copies[m]))) continue;
    const total = copies.reduce((sum, c) => sum + c, 0);
    return { unit: weights.reduce((sum, w) => sum + w, 0) / total, copies };
  }
  return null;
}
