import { check, isCount } from '../check';
import { rng } from '../math/rng';
import type { Network } from '../types';
import { type Initialiser, initialise } from './initialise';

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** [d0, n1, …, K]: at least input, one hidden layer and K >= 2 classes */
  readonly widths: readonly number[];
  /** @default 0 */
  readonly seed?: number;
  /** @default 'pytorch' */
  readonly init?: Initialiser;
  /** @default true */
  readonly biases?: boolean;
}

/**
 * A freshly initialised ReLU network (SPEC 1).
 *
 * @throws InputError when widths are not counts, fewer than three, or K < 2
 * @example
 * mlp({ widths: [784, 512, 10], seed: 7 }).layers.length;  // => 2
 */
export function mlp({ widths, seed = 0, init = 'pytorch', biases = true }: MlpOptions): Network {
  check(
    Array.isArray(widths) && widths.length >= 3 && widths.every((w) => isCount(w)),
    () => `mlp: widths are [${String(widths)}], expected at least three positive integers, e.g. [784, 512, 10]`,
  );
  check((widths.at(-1) as number) >= 2, () => `mlp: ${widths.at(-1)} class, expected at least 2`);
  check(Number.isInteger(seed), () => `mlp: seed is ${seed}, expected an integer`);
  const uniform = rng(seed);
  const layers = widths.slice(1).map((out, i) => initialise(init, widths[i] as number, out, biases, uniform));
  return { widths: [...widths], layers };
}
