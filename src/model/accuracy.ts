import { check } from '../check';
import { row } from '../math/matrix';
import type { Batch, DenseMatrix, Network } from '../types';
import { forward } from './forward';
import { inputsOf } from './layers';

/** Index of the largest logit of each row, the first of equals. */
export function predictions(logits: DenseMatrix): Int32Array {
  return Int32Array.from({ length: logits.rows }, (_, m) => {
    const values = row(logits, m);
    return values.indexOf(Math.max(...values));
  });
}

/**
 * Fraction in [0, 1] of the samples whose largest logit is the label's.
 *
 * @throws InputError when the samples do not fit the model
 * @example
 * accuracy(model, digits);  // => 0.13
 */
export function accuracy(model: Network, { inputs, labels }: Batch): number {
  const width = inputsOf(model);
  check(
    inputs.columns === width && inputs.rows >= 1,
    () => `accuracy: ${inputs.rows} samples of ${inputs.columns} entries, expected at least one of ${width}`,
  );
  const guesses = predictions(forward(model, inputs).logits);
  return guesses.filter((guess, m) => guess === labels[m]).length / labels.length;
}
