import { quantile } from '../../math/quantile';
import type { Reduction } from '../../types';

/** Batch size and multiplicities read off the samples' weights in the gradient. */
export interface BatchSize {
  /** M, or null when the weights do not show it */
  readonly size: number | null;
  /** how often each sample is in the batch; equal samples share their neurons and show as one of double weight */
  readonly copies: readonly number[];
  readonly reduction: Reduction;
  /** weight of one copy; null when the weights are no small multiples of any unit */
  readonly unit: number | null;
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
 * batchSizeFrom([0.25, 0.5], false, 'mean');  // => { size: 4, copies: [1, 2], reduction: 'mean', unit: 0.25, factor: 1 }
 */
export function batchSizeFrom(
  weights: readonly number[],
  complete: boolean,
  declared: Reduction,
  tolerance = 0.01,
): BatchSize {
  const found = sharedUnit(weights, tolerance);
  if (!found) return { size: null, copies: weights.map(() => 1), reduction: declared, unit: null, factor: null };
  const { unit, copies, spread } = found;
  const seen = copies.reduce((sum, c) => sum + c, 0);
  // one sample alone has weight 1 under both
  if (Math.abs(unit - 1) <= tolerance && (seen > 1 || declared === 'sum'))
    return { size: complete ? seen : null, copies, reduction: 'sum', unit, factor: 1 };
  const size = 1 / unit;
  const M = Math.round(size);
  // a size known no better than this is near some whole number whatever it is
  const open = complete ? tolerance * size : Math.min(3 * spread * size, mostOpen);
  if (declared === 'mean' && M >= seen && Math.abs(size - M) <= open) {
    // as many samples without a trace as with one: rather a factor
    const doubtful = complete && M >= 2 * seen;
    return { size: doubtful ? null : M, copies, reduction: 'mean', unit, factor: doubtful ? null : 1 };
  }
  return {
    size: null,
    copies,
    reduction: declared,
    unit,
    factor: complete ? (declared === 'mean' ? unit * seen : unit) : null,
  };
}

/** Distance from a whole number within which a size may count as it. */
const mostOpen = 0.25;
/** How well a weight is known at least, relative: several samples show it themselves. */
const [oneAlone, atBest] = [1e-4, 1e-5];

/** The largest unit of which all weights are small multiples: the least one may itself be several copies. */
function sharedUnit(
  weights: readonly number[],
  tolerance: number,
): { unit: number; copies: number[]; spread: number } | null {
  const least = Math.min(...weights);
  if (!(least > 0)) return null;
  for (let k = 1; k <= mostCopies; k++) {
    const copies = weights.map((w) => Math.round((w * k) / least));
    if (copies.some((c) => c > 2 * mostCopies)) return null;
    const off = (w: number, m: number): number => Math.abs((w * k) / least - copies[m]);
    // further off than that is nearly as near to another number of copies; and fine units fit anything by chance
    const most = k > 1 ? 0.1 : 0.25;
    if (!weights.every((w, m) => off(w, m) <= Math.min(most, tolerance * Math.max(1, copies[m])))) continue;
    // confident samples have theirs badly
    const units = weights.map((w, m) => w / copies[m]);
    const unit = quantile(units, 0.5);
    const spread =
      weights.length > 1
        ? quantile(
            units.map((u) => Math.abs(u / unit - 1)),
            0.5,
          )
        : oneAlone;
    return { unit, copies, spread: Math.max(spread, atBest) };
  }
  return null;
}
