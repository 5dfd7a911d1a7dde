import { fromRows, norm, row } from '../../math/matrix';
import { rng } from '../../math/rng';
import { gaussianRows } from '../../math/singularVectors';
import type { ModelUpdate } from '../../types';
import { closePair, mightBeSeveral, vagueSample } from '../answer/accept';
import { type Answer, within } from '../answer/answer';
import { exansOf } from '../answer/exansOf';
import { apart, fewSamples } from '../answer/pairShows';
import type { ApproximateSample, EstimatedSample, ExactSample, LostSample } from '../result';
import { proveUpdate } from './proveUpdate';
import type { LocalBatch, PursuedUpdate } from './pursueUpdate';

/** The answer to an update: exact where the replay of the client's training proves it and nothing is left open. */
export function updateAnswer(update: ModelUpdate, found: PursuedUpdate): Answer {
  const { batch, rank, labels, relative, reason } = found;
  const { rate, epochs, batchSize } = update;
  const training = { rate, epochs, ...(batchSize !== undefined && { batchSize }), order: batch?.parts ?? null };
  const common = {
    method: 'pursuit' as const,
    noise: relative,
    residual: batch?.agreement?.residual ?? 1,
    systems: batch ? [{ layer: 0, rank: batch.labels.length, condition: batch.condition }] : [],
    reduction: 'mean' as const,
    scale: 1,
    training,
  };
  if (!batch) {
    const samples = Array.from({ length: rank ?? 0 }, (_, m) => estimate(found, m) ?? lost(labels, m, reason));
    const status = labels.length > 0 ? ('partial' as const) : ('not-unique' as const);
    const located = `${labels.length} of ${rank ?? 'an unknown number of'} local samples located`;
    return { ...common, status, batchSize: rank, samples, reason: `${located}: ${reason}` };
  }
  const inputs = Array.from(batch.labels, (_, m) => row(batch.inputs, m).slice());
  const counts = exansOf(update.before, inputs);
  const known = inputs.map((input, m) => ({
    how: 'pursuit' as const,
    label: batch.labels[m],
    input,
    error: batch.errors[m],
    exans: counts[m],
  }));
  const why = doubts(update, found, batch);
  if (!batch.agreement?.holds) {
    const samples = known.map(
      ({ error, ...s }): EstimatedSample => ({ status: 'estimate', ...s, reason: why ?? reason }),
    );
    return {
      ...common,
      status: 'partial',
      batchSize: rank,
      samples,
      reason: `all samples located, none is called exact: ${why}`,
    };
  }
  const steps = batch.parts?.length ?? 0;
  if (why === null) {
    const samples = known.map((s): ExactSample => ({ status: 'exact', ...s }));
    const residual = batch.agreement.residual.toExponential(1);
    const proof = `${samples.length} samples replay the client's ${steps} steps to the rounding of its weights, residual ${residual}`;
    return { ...common, status: 'exact', batchSize: samples.length, samples, reason: proof };
  }
  const samples = known.map((s): ApproximateSample => ({ status: 'approximate', ...s, reason: within(s.error) }));
  return {
    ...common,
    status: 'approximate',
    batchSize: rank,
    samples,
    reason: `all samples were found, none is called exact: ${why}`,
  };
}

/** A located sample whose input its own patterns narrow down while others are missing; null where they do not. */
function estimate({ estimates, rank, labels }: PursuedUpdate, m: number): EstimatedSample | null {
  const one = estimates[m];
  if (!one) return null;
  const missing = (rank ?? 0) - labels.length;
  const reason = `located, but ${missing} samples are missing: the patterns of ${percent(one.agreement)} of its neurons agree with this input and leave about ${one.spread.toExponential(1)} per entry open`;
  return {
    status: 'estimate',
    how: 'pursuit',
    label: one.label,
    input: one.input,
    exans: [0],
    reason,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function lost(labels: readonly (number | null)[], m: number, reason: string): LostSample {
  const label = labels[m] ?? null;
  const why = m < labels.length ? 'located, but its input needs all other samples to be located too' : reason;
  return { status: 'not-recovered', how: 'pursuit', exans: [0], reason: why, ...(label === null ? {} : { label }) };
}

/** Why an answer is not called exact, or null when it is: the rule for one step (method 13), with the client's training for the gradient. */
function doubts(update: ModelUpdate, found: PursuedUpdate, batch: LocalBatch): string | null {
  const { agreement, parts, inputs, errors } = batch;
  if (!parts || !agreement)
    return 'no order of mini-batches fits them, so no replay can judge; the span of the inputs is known, and each of them if all columns are right';
  if (!agreement.holds)
    return `the training replayed from them misses the update by ${agreement.residual.toExponential(1)}, more than its rounding: samples of equal inputs, other steps, rate or mini-batches than stated, or a false column`;
  const vague = vagueSample(inputs, errors);
  if (vague >= 0) return `sample ${vague} is known within ${errors[vague].toExponential(1)} only`;
  if (closePair(batch)) return 'two samples are closer than the update can tell apart';
  return pinned(update, batch) || pairsShow(update, found, batch) ? null : mightBeSeveral;
}

/** Whether the size of mini-batches says what one sample weighs: otherwise each may stand for as many. */
function pinned({ batchSize }: ModelUpdate, { labels }: LocalBatch): boolean {
  return batchSize !== undefined && labels.length > batchSize;
}

/** Misfit of pairs over that of the batch as it stands from which on it is no batch of pairs, since those would leave as much of themselves. */
const clearly = 4;

/**
 * Whether the replay tells a batch in which every sample is a pair that differs a little from the one found: it is refused, or its misfit is
 * larger by a factor.
 */
function pairsShow(
  update: ModelUpdate,
  { shared, noise }: PursuedUpdate,
  { inputs, labels, errors, parts, agreement }: LocalBatch,
): boolean {
  const directions = labels.length <= fewSamples ? 4 : 1;
  const random = gaussianRows(directions, inputs.columns, rng(inputs.columns));
  const twice = <T>(list: ArrayLike<T>): T[] => Array.from(list).flatMap((v) => [v, v]);
  const steps = (parts ?? []).map((part) => part.flatMap((m) => [2 * m, 2 * m + 1]));
  return Array.from({ length: directions }, (_, n) => row(random, n)).every((direction) => {
    const pairs = Array.from(labels).flatMap((_, m) => {
      const x = row(inputs, m);
      const step = (apart * norm(x)) / norm(direction);
      return [1, -1].map((sign) => x.map((v, k) => v + sign * step * direction[k]));
    });
    const split = {
      inputs: fromRows(pairs),
      labels: Int32Array.from(twice(labels)),
      errors: Float64Array.from(twice(errors)),
    };
    const { holds, layers } = proveUpdate(update, shared, split, steps, noise);
    return !holds || layers.some(({ chiSquared }, i) => chiSquared > clearly * (agreement?.layers[i].chiSquared ?? 0));
  });
}
