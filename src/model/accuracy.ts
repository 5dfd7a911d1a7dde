import { check } from '../check';
import { gemm } from '../math/gemm';
import { row, transpose } from '../math/matrix';
import type { Batch, DenseMatrix, Network } from '../types';
import { addBias, relu } from './forward';

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
 */
export function accuracy(model: Network, { inputs, labels }: Batch): number {
  check(
    inputs.columns === model.widths[0] && inputs.rows >= 1,
    () => `accuracy: ${inputs.rows} samples of ${inputs.columns} entries, expected at least one of ${model.widths[0]}`,
  );
  let features = inputs;
  model.layers.forEach(({ weight, bias }, i) => {
    // in x out, so that dark pixels and silent neurons cost nothing
    const z = addBias(gemm(features, transpose(weight)), bias);
    features = i < model.layers.length - 1 ? relu(z) : z;
  });
  const guesses = predictions(features);
  return guesses.filter((guess, m) => guess === labels[m]).length / labels.length;
}
