import { fromRows, row } from '../../math/matrix';
import type { Evidence } from '../evidence/evidence';
import { entryVariance, type Remainder, remainderOf, takeAway } from '../evidence/remainder';
import { featuresAt, type Sample, sampleAt } from '../evidence/sample';
import type { Limit, Working } from '../working';
import { type JointFit, jointFit } from './jointFit';
import type { WholeBatch } from './wholeBatch';

/**
 * Fits a whole batch to a gradient with added noise, each entry by its own variance, and tests it: nine in ten neurons' rows of layer 0
 * must be explained at the noise floor, and so must the layer above as a whole (chi-squared per entry at most 2).
 *
 * @returns the batch with inputs and error bars of that fit; one that leaves more than noise does not hold
 */
export function* weighBatch(evidence: Evidence, batch: WholeBatch, limit: Limit): Working<WholeBatch> {
  const { model } = evidence;
  const guesses = Array.from(batch.labels, (label, m) =>
    sampleAt(model, {
      input: row(batch.inputs, m).slice(),
      label,
      weight: batch.shares[m],
      error: batch.errors[m],
    }),
  );
  const stands = ({ explained, standing, samples }: JointFit): boolean =>
    explained >= 0.9 * standing && aboveMisfit(evidence, samples) < 2;
  let fit = yield* jointFit(evidence, guesses, limit);
  if (!stands(fit)) fit = yield* jointFit(evidence, guesses, limit, 0); // its rounds may lead away from a batch that was right
  return {
    ...batch,
    inputs: fromRows(fit.samples.map((s) => featuresAt(s, 0))),
    errors: Float64Array.from(fit.samples, (s) => s.error),
    agreement: { ...batch.agreement, holds: stands(fit) },
  };
}

/** Mean chi-squared per entry of what the samples leave of G_1, where anything is known of it. */
function aboveMisfit(evidence: Evidence, samples: readonly Sample[]): number {
  const left: Remainder = remainderOf(evidence);
  for (const sample of samples) takeAway(left, sample);
  const { array } = left.layers[1];
  const width = evidence.model.widths[1];
  let [sum, count] = [0, 0];
  for (let k = 0; k < array.rows; k++)
    for (let j = 0; j < width; j++) {
      const variance = entryVariance(left, 1, k, j);
      if (variance === Number.POSITIVE_INFINITY) continue;
      sum += array.data[k * array.columns + j] ** 2 / variance;
      count++;
    }
  return sum / count;
}
