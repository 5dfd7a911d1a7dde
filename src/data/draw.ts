import { check, isCount } from '../check';
import { matrix, row } from '../math/matrix';
import { type Rng, rng, sampleIndices } from '../math/rng';
import type { Batch } from '../types';

/** Options of {@link draw}. */
export interface DrawOptions {
  /** M, the number of samples */
  readonly size: number;
  /** @default 0 */
  readonly seed?: number;
  /** true: no two samples share a label. @default false */
  readonly distinctLabels?: boolean;
  /** draw again until this holds, for example until the batch lies in the insecure boundary */
  readonly where?: (batch: Batch) => boolean;
  /** how often to draw before giving up on `where`. @default 1000 */
  readonly attempts?: number;
}

/**
 * M distinct samples of a larger batch, in random order; equal options give equal batches.
 *
 * @throws InputError when there are fewer samples, or fewer labels, than asked for, or no draw meets `where`
 * @example
 * new Set(data.draw(digits, { size: 3, seed: 1, distinctLabels: true }).labels).size;  // => 3
 */
export function draw(source: Batch, options: DrawOptions): Batch {
  const { size, seed = 0, distinctLabels = false, where = () => true, attempts = 1000 } = options;
  const { rows } = source.inputs;
  check(isCount(size) && size <= rows, () => `draw: size is ${size}, expected an integer in 1..${rows}`);
  check(Number.isInteger(seed), () => `draw: seed is ${seed}, expected an integer`);
  check(isCount(attempts), () => `draw: attempts is ${attempts}, expected a positive integer`);
  const kinds = new Set(source.labels).size;
  check(
    !distinctLabels || size <= kinds,
    () => `draw: size is ${size} with distinctLabels, expected at most ${kinds} (the labels there are)`,
  );
  const uniform = rng(seed);
  const choose = distinctLabels ? oneOfEachLabel : sampleIndices;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const batch = pick(source, choose(uniform, rows, size, source.labels));
    if (where(batch)) return batch;
  }
  check(
    false,
    () =>
      `draw: none of ${attempts} batches of ${size} meets \`where\`; try a smaller size, another model or more attempts`,
  );
}

/** The samples with these indices, copied, in this order. */
export function pick({ inputs, labels, image }: Batch, indices: readonly number[]): Batch {
  const chosen = matrix(indices.length, inputs.columns);
  indices.forEach((index, m) => {
    row(chosen, m).set(row(inputs, index));
  });
  return {
    inputs: chosen,
    labels: Int32Array.from(indices, (index) => labels[index] as number),
    ...(image && { image }),
  };
}

/** The first `size` samples of a shuffled order that bring a new label. */
function oneOfEachLabel(uniform: Rng, count: number, size: number, labels: Int32Array): number[] {
  const seen = new Set<number>();
  const shuffled = sampleIndices(uniform, count, count);
  const fresh = shuffled.filter((index) => {
    const label = labels[index] as number;
    return !seen.has(label) && seen.add(label);
  });
  return fresh.slice(0, size);
}
