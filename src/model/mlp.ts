import { check, isCount } from '../check';
import { rng } from '../math/rng';
import type { AffineLayer, DenseLayer, Layer, Mlp } from '../types';
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
 * A freshly initialised ReLU network (method 1).
 *
 * @throws InputError when widths are not counts, fewer than three, or K < 2
 * @example
 * mlp({ widths: [784, 512, 10], seed: 7 }).dense.length;  // => 2
 */
export function mlp({ widths, seed = 0, init = 'pytorch', biases = true }: MlpOptions): Mlp {
  check(
    Array.isArray(widths) && widths.length >= 3 && widths.every((w) => isCount(w)),
    () => `mlp: widths are [${String(widths)}], expected at least three positive integers, e.g. [784, 512, 10]`,
  );
  const weights = widths.slice(1).reduce((sum, out, i) => sum + out * widths[i], 0);
  check(weights <= 2 ** 31, () => `mlp: widths ${widths} make ${weights} weights, expected at most 2^31 (16 GiB)`);
  check((widths.at(-1) as number) >= 2, () => `mlp: ${widths.at(-1)} class, expected at least 2`);
  check(Number.isInteger(seed), () => `mlp: seed is ${seed}, expected an integer`);
  const uniform = rng(seed);
  return mlpOf(widths.slice(1).map((out, i) => initialise(init, widths[i], out, biases, uniform)));
}

/**
 * The ReLU network with these weights, bottom up.
 *
 * @throws InputError when a layer does not take what the one below gives
 * @example
 * const weight = { rows: 2, columns: 3, data: Float64Array.of(1, 2, 3, 4, 5, 6) };
 * mlpOf([{ weight }, { weight: { ...weight, rows: 3, columns: 2 } }]).widths;  // => [3, 2, 3]
 */
export function mlpOf(weights: readonly AffineLayer[]): Mlp {
  const widths = [weights[0].weight.columns, ...weights.map(({ weight }) => weight.rows)];
  weights.forEach(({ weight }, i) => {
    check(
      weight.columns === widths[i],
      () => `mlpOf: layer ${i} takes ${weight.columns} values, expected ${widths[i]}`,
    );
  });
  const dense = weights.map(({ weight, bias }): DenseLayer => ({ kind: 'dense', weight, ...(bias && { bias }) }));
  const layers = dense.flatMap((layer, i): Layer[] => (i === 0 ? [layer] : [{ kind: 'relu' }, layer]));
  return { widths, dense, layers };
}
