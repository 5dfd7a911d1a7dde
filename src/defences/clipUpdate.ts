import { check } from '../check';
import { gradientNorm } from '../gradient/gradientDifference';
import { normal, rng } from '../math/rng';
import type { ModelUpdate } from '../types';
import { mapGradient } from './mapGradient';
import { mapUpdate } from './mapUpdate';

/** Options of {@link clipUpdate}. */
export interface ClipUpdateOptions {
  /** norm C that the whole update is scaled down to */
  readonly clip: number;
  /** sigma: noise N(0, (sigma C)²) on each entry. @default 0 */
  readonly noise?: number;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * DP-FedAvg (McMahan et al. 2018, algorithm 1, one client): the whole update clipped to norm C, noise added to it. Clipping alone multiplies
 * the update by one number, which the server is not told.
 *
 * @throws InputError when clip or noise is out of range
 * @example
 * const update = localUpdate(model, secret, { rate: 0.1, epochs: 5 });
 * const clipped = defences.clipUpdate(update, { clip: 0.1 });
 * reconstructUpdate(clipped, { seconds: 2 }).samples.filter(({ status }) => status === 'exact').length;  // => 0
 */
export function clipUpdate(update: ModelUpdate, { clip, noise = 0, seed = 0 }: ClipUpdateOptions): ModelUpdate {
  check(0 < clip && clip < Infinity, () => `clipUpdate: clip is ${clip}, expected a positive number`);
  check(0 <= noise && noise < Infinity, () => `clipUpdate: noise is ${noise}, expected a number >= 0`);
  const uniform = rng(seed);
  return mapUpdate(update, (difference) => {
    const share = Math.min(1, clip / (gradientNorm(difference.gradients) || clip));
    return mapGradient(difference, (values) =>
      values.map((v) => share * v + (noise === 0 ? 0 : noise * clip * normal(uniform))),
    );
  });
}
