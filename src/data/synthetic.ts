import { check, isCount } from '../check';
import { matrix } from '../math/matrix';
import { normal, type Rng, rng } from '../math/rng';
import { type Dataset, dataset } from './dataset';

/** Options of {@link gaussian} and {@link uniform}. */
export interface SyntheticOptions {
  /** number of samples */
  readonly size: number;
  /** d0, entries per sample */
  readonly dimension: number;
  /** K >= 2; labels are drawn uniformly from 0..K-1. @default 10 */
  readonly classes?: number;
  /** @default 0 */
  readonly seed?: number;
}

/** Options of {@link gaussian}. */
export interface GaussianOptions extends SyntheticOptions {
  /** @default 0 */
  readonly mean?: number;
  /** @default 1 */
  readonly deviation?: number;
}

/** Options of {@link uniform}. */
export interface UniformOptions extends SyntheticOptions {
  /** @default 0 */
  readonly low?: number;
  /** @default 1 */
  readonly high?: number;
}

/**
 * Samples with independent normal entries and random labels; usable as a batch as it is.
 *
 * @throws InputError when a size is not a count, classes < 2, or mean and deviation are not finite
 * @example
 * data.gaussian({ size: 8, dimension: 20, classes: 3, seed: 1 }).inputs.rows;  // => 8
 */
export function gaussian({ mean = 0, deviation = 1, ...options }: GaussianOptions): Dataset {
  check(Number.isFinite(mean), () => `gaussian: mean is ${mean}, expected a finite number`);
  check(0 <= deviation && deviation < Infinity, () => `gaussian: deviation is ${deviation}, expected a number >= 0`);
  return synthetic('gaussian', options, (source) => mean + deviation * normal(source));
}

/**
 * Samples with independent entries from U(low, high) and random labels; usable as a batch as it is.
 *
 * @throws InputError when a size is not a count, classes < 2, or low < high does not hold
 * @example
 * data.uniform({ size: 8, dimension: 20, seed: 1 }).inputs.data.every((v) => 0 <= v && v < 1);  // => true
 */
export function uniform({ low = 0, high = 1, ...options }: UniformOptions): Dataset {
  check(
    low < high && Number.isFinite(high - low),
    () => `uniform: low is ${low} and high is ${high}, expected finite numbers with low < high`,
  );
  return synthetic('uniform', options, (source) => low + (high - low) * source());
}

function synthetic(name: string, options: SyntheticOptions, entry: (source: Rng) => number): Dataset {
  const { size, dimension, classes = 10, seed = 0 } = options;
  check(isCount(size), () => `${name}: size is ${size}, expected a positive integer`);
  check(isCount(dimension), () => `${name}: dimension is ${dimension}, expected a positive integer`);
  check(isCount(classes, 2), () => `${name}: classes is ${classes}, expected an integer >= 2`);
  check(Number.isInteger(seed), () => `${name}: seed is ${seed}, expected an integer`);
  const source = rng(seed);
  const inputs = matrix(size, dimension);
  for (let k = 0; k < inputs.data.length; k++) inputs.data[k] = entry(source);
  const labels = Int32Array.from({ length: size }, () => Math.floor(source() * classes));
  return dataset({ name, inputs, labels, classes });
}
