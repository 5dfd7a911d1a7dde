import { check, isCount } from '../check';

/**
 * Expected ExANs of one sample in one layer when all activations are independent with probability p:
 * width * p (1 - p)^(M - 1) (method 2). Real batches are correlated, so read it beside the measured counts.
 *
 * @param batchSize M >= 1
 * @param p in [0, 1]. @default 0.5
 * @throws InputError outside these ranges
 * @example
 * expectedExans(512, 8);  // => 2
 */
export function expectedExans(width: number, batchSize: number, p = 0.5): number {
  check(isCount(width, 0), () => `expectedExans: width is ${width}, expected a count`);
  check(isCount(batchSize), () => `expectedExans: batchSize is ${batchSize}, expected a positive integer`);
  check(0 <= p && p <= 1, () => `expectedExans: p is ${p}, expected a probability`);
  return width * p * (1 - p) ** (batchSize - 1);
}
