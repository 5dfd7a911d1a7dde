import { check } from '../check';
import { row } from '../math/matrix';
import { nextTurn } from '../nextTurn';
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
export function accuracy(model: Network, batch: Batch): number {
  checkSamples(model, batch);
  return rightOf(model, batch) / batch.labels.length;
}

/** As {@link accuracy}, with turns for others in between: on many samples it takes seconds. */
export async function accuracyInTurns(model: Network, batch: Batch, signal?: AbortSignal): Promise<number> {
  checkSamples(model, batch);
  const { inputs, labels } = batch;
  let right = 0;
  for (let from = 0; from < labels.length; from += turn) {
    await nextTurn();
    signal?.throwIfAborted();
    const own = labels.subarray(from, from + turn);
    const data = inputs.data.subarray(from * inputs.columns, (from + own.length) * inputs.columns);
    right += rightOf(model, { inputs: { ...inputs, rows: own.length, data }, labels: own });
  }
  return right / labels.length;
}

/** Samples of a turn. */
const turn = 500;

function rightOf(model: Network, { inputs, labels }: Batch): number {
  return predictions(forward(model, inputs).logits).filter((guess, m) => guess === labels[m]).length;
}

function checkSamples(model: Network, { inputs }: Batch): void {
  const width = inputsOf(model);
  check(
    inputs.columns === width && inputs.rows >= 1,
    () => `accuracy: ${inputs.rows} samples of ${inputs.columns} entries, expected at least one of ${width}`,
  );
}
