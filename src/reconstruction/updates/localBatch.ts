import type { Agreement } from '../../gradient/agreement';
import { batchSizes, miniBatches } from '../../gradient/localUpdate';
import { summedGradient } from '../../gradient/summedGradient';
import { updateNoise } from '../../gradient/updateNoise';
import type { LocalTraining, ModelUpdate, ObservedUpdate } from '../../types';
import type { Limit, Working } from '../working';
import { samplesOf } from './equalSamples';
import { findOrder } from './findOrder';
import { fitRate, shortRates } from './fitRate';
import { localReplay } from './localReplay';
import { nearbyTrainings } from './nearbyTrainings';
import { type Presumption, presumptions } from './presumptions';
import { type BatchInDoubt, proveUpdate } from './proveUpdate';
import { settleSigns } from './settleSigns';
import type { ShownDeltas } from './shownDeltas';
import { swapOrder } from './swapOrder';

/** All local samples, as far as the update shows them. */
export interface LocalBatch extends BatchInDoubt {
  readonly training: LocalTraining;
  /** how often each sample stands in the batch */
  readonly copies: readonly number[];
  readonly condition: number;
  /** samples of each step, or null where no order of mini-batches fits */
  readonly parts: readonly (readonly number[])[] | null;
  /** of the replayed training with the update; null without an order */
  readonly agreement: Agreement | null;
  /** standard deviation of the rate, where it was not told */
  readonly rateError: number;
  /** other trainings that replay the update as well */
  readonly others: readonly LocalTraining[];
}

/** Trainings that are tried as soon as there are as many columns as samples, and once these stay as they are. */
const tries = { first: 4, thorough: 400 };
/** Trainings whose order of mini-batches is looked for by swaps. */
const mostSwapped = 4;
/** Misfit of the deltas, over their size, beyond which a training is another one whatever its rate. */
const far = 0.1;
/** Misfit of the deltas, in units of their noise, from which on no training was inferred that is worth a proof. */
const hopeless = 100;

/**
 * Order and proof of the samples that the columns show, with the training that is told, or the first one left open by it that replays the
 * update; further ones are tried only to say whether it is the only one.
 *
 * @param thorough whether the samples stay as they are: then more trainings are tried, or if all is told, swaps of samples in their order
 */
export function* localBatch(
  update: ObservedUpdate,
  shown: ShownDeltas,
  thorough: boolean,
  limit: Limit,
): Working<LocalBatch> {
  /** by swaps, the order is found of no more */
  let swaps = thorough && (update.rate !== undefined || isTold({ ...update, rate: 1 })) ? mostSwapped : 0;
  const budget = thorough ? tries.thorough : tries.first;
  const least = update.precision === 'float32' ? 2 : 1;
  const before: Presumption[] = [];
  let found: LocalBatch | null = null;
  for (const presumed of presumptions(update, shown, least)) {
    if (before.length === budget || (yield* limit.breathe())) break;
    if (!presumed || before.some((other) => alike(other, presumed))) continue;
    // swaps need the very rate, which people choose short
    const { rate, batchSize } = presumed.training;
    const swappable = batchSize !== undefined && rate === (update.rate ?? Number(rate.toPrecision(2)));
    const tried: LocalBatch = yield* attempted(update, shown, presumed, swappable ? swaps : 0, limit);
    if (swappable) swaps--;
    if (tried.agreement?.holds) return { ...tried, others: yield* alternatives(update, shown, tried, limit) };
    before.push(presumed);
    if (presumed.copies.every((c) => c === 1) && nearer(tried, found)) found = tried;
  }
  return found ?? unproven(shown);
}

/** The batch with other columns, in the same steps. */
export function* sameSteps(
  update: ObservedUpdate,
  { batch, condition, ...shown }: ShownDeltas,
  { training, copies, parts }: LocalBatch,
  limit: Limit,
): Working<LocalBatch> {
  const open = { ...batch, condition, training, copies, parts, agreement: null, rateError: 0, others: [] };
  return parts ? yield* judged(update, { batch, condition, ...shown }, { ...open, parts }, limit) : open;
}

/** Whether nothing of the training is to be inferred. */
export function isTold({ rate, epochs, batchSize }: ObservedUpdate): boolean {
  return rate !== undefined && epochs !== undefined && batchSize !== 'unknown';
}

function nearer({ agreement }: LocalBatch, best: LocalBatch | null): boolean {
  if (!best?.agreement) return true;
  return (
    agreement !== null && (agreement.holds || (!best.agreement.holds && agreement.residual < best.agreement.residual))
  );
}

/** As it stands before any training is tried. */
function unproven({ batch, condition }: ShownDeltas): LocalBatch {
  const copies = Array.from(batch.labels, () => 1);
  const training = { rate: Number.NaN, epochs: Number.NaN };
  return { ...batch, condition, training, copies, parts: null, agreement: null, rateError: 0, others: [] };
}

/** Whether two trainings are the same but for the error of a guessed rate. */
function alike({ training: a, copies }: Presumption, { training: b, copies: others }: Presumption): boolean {
  return (
    copies === others &&
    a.epochs === b.epochs &&
    a.batchSize === b.batchSize &&
    Math.abs(Math.log(a.rate / b.rate)) < 1e-3
  );
}

function* attempted(
  observed: ObservedUpdate,
  shown: ShownDeltas,
  { training, copies }: Presumption,
  swaps: number,
  limit: Limit,
): Working<LocalBatch> {
  const { before, batch, condition } = shown;
  const samples = samplesOf(copies);
  const steps = training.epochs * batchSizes(samples.length, training.batchSize).length;
  const problem = {
    ...summedAt(shown, training.rate),
    replay: localReplay(before, batch, training, steps),
    training,
    samples,
    least: observed.precision === 'float32' ? 2 : 1,
  };
  let parts = isTold(observed) && swaps > 0 ? null : yield* findOrder(problem, limit);
  if (!parts && swaps > 0) parts = yield* swapOrder(problem, limit);
  const open = { ...batch, condition, training, copies, parts, agreement: null, rateError: 0, others: [] };
  return parts ? yield* judged(observed, shown, { ...open, parts }, limit) : open;
}

/** The batch with the replay of its training; where the rate was not told, at that which fits, and at short decimals near it. */
function* judged(observed: ObservedUpdate, shown: ShownDeltas, open: Ordered, limit: Limit): Working<LocalBatch> {
  const { parts, training } = open;
  if (isTold(observed)) return provenAt(observed, shown, open);
  const near = fitRate(shown, parts, training, 1);
  if (!(near.relative < far)) return open;
  const fit = observed.rate === undefined ? fitRate(shown, parts, training) : near;
  if (!(fit.misfit < hopeless)) return open;
  const { rate, error } = observed.rate === undefined ? fit : { rate: observed.rate, error: 0 };
  let tried: LocalBatch = open;
  for (const short of error > 0 ? [...shortRates(fit), rate] : [rate]) {
    tried = { ...provenAt(observed, shown, { ...open, training: { ...training, rate: short } }), rateError: error };
    if (tried.agreement?.holds || (yield* limit.breathe())) break;
  }
  return tried;
}

/**
 * Other trainings of the same samples that replay the update: with a step or an epoch more or less and a rate that makes up for it, or with
 * mini-batches for as many steps on the whole batch. Their order may be any, since another would show where any of this does.
 */
function* alternatives(
  observed: ObservedUpdate,
  shown: ShownDeltas,
  found: LocalBatch,
  limit: Limit,
): Working<LocalTraining[]> {
  const samples = samplesOf(found.copies);
  const others: LocalTraining[] = [];
  for (const presumed of nearbyTrainings(observed, found.training, samples.length)) {
    if (yield* limit.breathe()) break;
    const parts = miniBatches(samples.length, presumed, 0).map((part) => part.map((k) => samples[k]));
    const open = { ...found, training: presumed, parts, agreement: null };
    const tried = yield* judged(observed, shown, open, limit);
    if (tried.agreement?.holds) others.push(tried.training);
  }
  return others;
}

type Ordered = Omit<LocalBatch, 'parts'> & { readonly parts: readonly (readonly number[])[] };

/** The batch with its replay at this training, its inputs moved to where their neurons have the signs seen. */
function provenAt({ precision }: ObservedUpdate, shown: ShownDeltas, open: Ordered): LocalBatch {
  const { before, after, batch } = shown;
  const { errors, labels } = batch;
  const { training, parts } = open;
  const update: ModelUpdate = { ...training, before, after, precision };
  const inputs = settleSigns(update, { ...batch, ...summedAt(shown, training.rate) }, parts);
  const noise = updateNoise(update, parts.length);
  const agreement = proveUpdate(update, summedGradient(update), { inputs, labels, errors }, parts, noise);
  return { ...open, inputs, agreement };
}

/** The deltas shown as sums over steps of this rate, with their noise. */
function summedAt(
  { moved, tolerance }: ShownDeltas,
  rate: number,
): Pick<Parameters<typeof settleSigns>[1], 'summed' | 'tolerance'> {
  return { summed: { ...moved, data: moved.data.map((v) => v / rate) }, tolerance: tolerance.map((t) => t / rate) };
}
