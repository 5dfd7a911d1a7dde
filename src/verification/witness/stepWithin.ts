import { norm } from '../../math/matrix';
import type { DenseMatrix } from '../../types';

/**
 * Largest t in [0, most] with lower <= X + t D <= upper; entries of D that are rounding do not count.
 *
 * @example
 * stepWithin(fromRows([[0.5, 0]]), fromRows([[1, 0]]), [0, 1], Infinity);  // => 0.5
 */
export function stepWithin(
  inputs: DenseMatrix,
  d: DenseMatrix,
  [lower, upper]: readonly [number, number],
  most: number,
): number {
  let t = most;
  const noise = 1e-14 * norm(d.data);
  for (let k = 0; k < d.data.length; k++) {
    const v = d.data[k];
    if (Math.abs(v) <= noise) continue;
    const room = v > 0 ? upper - inputs.data[k] : lower - inputs.data[k];
    t = Math.min(t, Math.max(0, room / v));
  }
  return t;
}
