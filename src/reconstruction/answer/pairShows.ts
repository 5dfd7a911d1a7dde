import { fromRows, norm, row } from '../../math/matrix';
import { rng } from '../../math/rng';
import { gaussianRows } from '../../math/singularVectors';
import type { Batch, DenseMatrix } from '../../types';

/** Relative distance of either of two samples to their mean at which that may not pass for them. */
export const apart = 2e-3;
/** Distinct samples up to which all of them may well be pairs: then the surest of them is taken apart and replayed. */
export const fewSamples = 2;
/** Directions that are tried: a network may not see some of them. */
const directions = 4;

/**
 * Whether a replay would show that a sample is the mean of two that differ a little: it is taken apart in random directions, at half its
 * share each, and all of those batches must be refused. A pair gives what its mean gives but for the square of the difference.
 *
 * @param holds whether a batch with these shares replays the gradient
 */
export function pairShows(
  { inputs, labels }: Pick<Batch, 'inputs' | 'labels'>,
  shares: Float64Array,
  at: number,
  holds: (inputs: DenseMatrix, labels: Int32Array, shares: Float64Array) => boolean,
): boolean {
  const x = row(inputs, at);
  const random = gaussianRows(directions, x.length, rng(x.length));
  const others = [...labels.keys()].filter((m) => m !== at);
  for (let n = 0; n < directions; n++) {
    const direction = row(random, n);
    const step = (apart * norm(x)) / norm(direction);
    const moved = [1, -1].map((sign) => x.map((v, k) => v + sign * step * direction[k]));
    const pair = fromRows([...moved, ...others.map((m) => row(inputs, m))]);
    const names = Int32Array.of(labels[at], labels[at], ...others.map((m) => labels[m]));
    const weights = Float64Array.of(shares[at] / 2, shares[at] / 2, ...others.map((m) => shares[m]));
    if (holds(pair, names, weights)) return false;
  }
  return true;
}
