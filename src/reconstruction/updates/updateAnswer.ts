import { row } from '../../math/matrix';
import type { LocalTraining, ModelUpdate, ObservedUpdate } from '../../types';
import { closePair, mightBeSeveral, vagueSample } from '../answer/accept';
import { type Answer, within } from '../answer/answer';
import { exansOf } from '../answer/exansOf';
import type { ApproximateSample, EstimatedSample, ExactSample, LostSample, MergedSample } from '../result';
import type { LocalBatch } from './localBatch';
import { pairsShow } from './pairsReplay';
import type { PursuedUpdate } from './pursueUpdate';
import { inferredInWords, inferredOf, trainingFound } from './trainingFound';

/** The answer to an update: exact where the replay of the client's training proves it and nothing is left open. */
export function updateAnswer(update: ObservedUpdate, found: PursuedUpdate): Answer {
  const { batch, rank, labels, relative, reason } = found;
  const training = trainingFound(update, batch);
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
  const known = samplesOf(update, batch);
  const why = doubts(update, batch);
  if (!batch.agreement?.holds) {
    const samples = known.map(
      ({ error, copies, ...s }): EstimatedSample => ({ status: 'estimate', ...s, reason: why ?? reason }),
    );
    return {
      ...common,
      status: 'partial',
      batchSize: rank,
      samples,
      reason: `all samples located, none is called exact: ${why}`,
    };
  }
  const words = inferredInWords(training);
  if (why === null) {
    const steps = batch.parts?.length ?? 0;
    const samples = known.map(({ copies, ...s }): ExactSample => ({ status: 'exact', ...s }));
    const residual = batch.agreement.residual.toExponential(1);
    const proof = `${samples.length} samples replay the client's ${steps} steps to the rounding of its weights, residual ${residual}`;
    return { ...common, status: 'exact', batchSize: samples.length, samples, reason: proof + words };
  }
  const samples = known.map(({ copies, ...s }): ApproximateSample | MergedSample =>
    copies > 1
      ? {
          status: 'merged',
          ...s,
          copies,
          reason: `${copies} samples of one label that the update does not tell apart: their mean`,
        }
      : { status: 'approximate', ...s, reason: within(s.error) },
  );
  return {
    ...common,
    status: 'approximate',
    batchSize: samples.length,
    samples,
    reason: `all samples were found, none is called exact: ${why}${words}`,
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
    spread: one.spread,
    exans: [0],
    reason,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Every sample as often as it stands in the batch. */
function samplesOf({ before }: ObservedUpdate, { inputs, labels, errors, copies }: LocalBatch) {
  const rows = Array.from(labels, (_, m) => row(inputs, m));
  const counts = exansOf(before, rows);
  return rows.flatMap((input, m) => {
    const times = copies[m];
    return Array.from({ length: times }, () => ({
      how: 'pursuit' as const,
      label: labels[m],
      input: input.slice(),
      error: errors[m],
      exans: counts[m],
      copies: times,
    }));
  });
}

function lost(labels: readonly (number | null)[], m: number, reason: string): LostSample {
  const label = labels[m] ?? null;
  const why = m < labels.length ? 'located, but its input needs all other samples to be located too' : reason;
  return { status: 'not-recovered', how: 'pursuit', exans: [0], reason: why, ...(label === null ? {} : { label }) };
}

/** Why an answer is not called exact, or null when it is: the rule for one step (method 13), with the client's training for the gradient. */
function doubts(update: ObservedUpdate, batch: LocalBatch): string | null {
  const { agreement, parts, inputs, errors, copies, training } = batch;
  const inferred = inferredOf(update, training);
  if (!agreement?.holds && inferred.length > 0)
    return `no training tried replays the update from them, so it is to be told: ${missing(update)}`;
  if (!parts || !agreement)
    return 'no order of mini-batches fits them, so no replay can judge; the span of the inputs is known, and each of them if all columns are right';
  if (!agreement.holds)
    return `the training replayed from them misses the update by ${agreement.residual.toExponential(1)}, more than its rounding: other steps, rate, momentum or mini-batches than stated, samples of equal inputs and different labels, or a false column`;
  const vague = vagueSample(inputs, errors);
  if (vague >= 0) return `sample ${vague} is known within ${errors[vague].toExponential(1)} only`;
  if (copies.some((count) => count > 1)) return 'some samples have the weight of several, which cannot be told apart';
  if (closePair(batch)) return 'two samples are closer than the update can tell apart';
  if (pinned(update, batch) && repeatable(training, parts))
    return 'the smaller mini-batch that ends each epoch might hold its samples several times: the mean does not show it';
  const { before, after, precision } = update;
  const found: ModelUpdate = { before, after, precision, ...training };
  return pinned(update, batch) || pairsShow(found, batch, inferred.includes('rate')) ? null : mightBeSeveral;
}

/** The options that would help, by their names. */
function missing(update: ObservedUpdate): string {
  const { rate, epochs, batchSize } = update;
  const open = [
    ...(rate === undefined ? ['rate'] : []),
    ...(epochs === undefined ? ['epochs (steps, where each takes the whole batch)'] : []),
    ...(batchSize === 'unknown' || (epochs === undefined && batchSize === undefined) ? ['batchSize'] : []),
  ];
  return open.join(', ');
}

/** Whether the same samples make up the smaller last mini-batch of every epoch, so few that each may stand in it more than once. */
function repeatable({ batchSize }: LocalTraining, parts: readonly (readonly number[])[]): boolean {
  const last = parts.filter(({ length }) => batchSize !== undefined && 2 * length <= batchSize);
  const names = last.map((part) => [...part].sort((a, b) => a - b).join());
  return last.length > 0 && new Set(names).size === 1;
}

/** Whether the size of mini-batches, as told, says what one sample weighs: otherwise each may stand for as many. */
function pinned({ batchSize }: ObservedUpdate, { copies }: LocalBatch): boolean {
  return typeof batchSize === 'number' && copies.length > batchSize;
}
