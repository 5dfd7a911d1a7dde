import { dot, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';

/** One neuron's row of the gradient, as the samples could make it up. */
export interface SupportProblem {
  /** the row in whitened coordinates (noise 1 per entry) */
  readonly target: Float64Array;
  /** samples x coordinates: what each sample adds when the neuron is on for it */
  readonly parts: DenseMatrix;
  /** each sample's pre-activation over its own deviation: its sign says on or off, as surely as its size */
  readonly sureness: Float64Array;
}

/**
 * Activation pattern nearest to one row at the noise floor: starting from the signs of the pre-activations, samples are
 * switched while that lowers chi-squared; switching against the sign costs sureness².
 *
 * @returns who is on, and the row's own chi-squared
 * @example
 * nearestSupport({ target: Float64Array.of(10), parts: fromRows([[10], [10]]), sureness: Float64Array.of(9, 0.1) });
 * // => { on: [true, false], chiSquared: 0 }, though the second sample's pre-activation is positive
 */
export function nearestSupport({ target, parts, sureness }: SupportProblem): { on: boolean[]; chiSquared: number } {
  const on = Array.from(sureness, (s) => s > 0);
  const rest = target.slice();
  on.forEach((active, m) => {
    if (active) add(rest, row(parts, m), -1);
  });
  for (let flips = 0; flips < 2 * on.length; flips++) {
    let best = -1e-9;
    let at = -1;
    on.forEach((active, m) => {
      const s = sureness[m];
      if (Math.abs(s) > 6) return;
      const part = row(parts, m);
      const against = s > 0 === active ? s * s : -s * s;
      const change = dot(part, part) + (active ? 2 : -2) * dot(rest, part) + against;
      if (change < best) [best, at] = [change, m];
    });
    if (at < 0) break;
    add(rest, row(parts, at), on[at] ? 1 : -1);
    on[at] = !on[at];
  }
  return { on, chiSquared: dot(rest, rest) };
}

function add(target: Float64Array, part: Float64Array, sign: number): void {
  for (let k = 0; k < target.length; k++) target[k] += sign * part[k];
}
