import { setImmediate as nextTurn } from 'node:timers/promises';
import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import { quantise } from '../defences/quantise';
import { captureGradient } from '../gradient/captureGradient';
import { confidence, type Interval } from '../math/confidence';
import { norm, row } from '../math/matrix';
import { quantile } from '../math/quantile';
import { lossVectors } from '../model/backward';
import { forward } from '../model/forward';
import { reconstructAsync } from '../reconstruction/reconstructAsync';
import type { Reconstruction, Status } from '../reconstruction/result';
import type { AveragedGradient, Batch, Mlp, Watch } from '../types';
import { type JudgedAnswer, judgeAnswer } from './judgeAnswer';
import { type TrainedNetwork, trainedNetworks } from './trainedNetworks';

/** In what numbers the gradient is computed and shared: as {@link captureGradient} has them, or in float32 and shared as fp16. */
export type SharedPrecision = 'float64' | 'float32' | 'rounded' | 'fp16';

/** Options of {@link overTraining}. */
export interface OverTrainingOptions extends Watch {
  /** M. @default 8 */
  readonly size?: number;
  /** one batch each, the same at every point. @default [1, 2, 3, 4, 5] */
  readonly seeds?: readonly number[];
  /** @default all four */
  readonly precisions?: readonly SharedPrecision[];
  /** time for one attack. @default 10 */
  readonly seconds?: number;
  /** samples kept from training, for accuracy and batches. @default a fifth of the dataset */
  readonly heldOut?: number;
  /** samples in a batch of training. @default 32 */
  readonly batchSize?: number;
  /** learning rate. @default 0.3 */
  readonly rate?: number;
  /** of the split and of the order of training. @default 1 */
  readonly seed?: number;
}

/** What is left of a batch's secrets after so many steps, from gradients of one precision. */
export interface OverTrainingRow {
  readonly steps: number;
  /** on samples that training has not seen, in [0, 1] */
  readonly accuracy: number;
  readonly precision: SharedPrecision;
  /** M */
  readonly size: number;
  readonly batches: number;
  /** how many of the answers had each status */
  readonly statuses: Readonly<Record<Status, number>>;
  /** fraction of the batches called exact */
  readonly exact: Interval;
  /** fraction of the samples with their label and a squared error of at most 1e-6 of their mean square */
  readonly recovered: Interval;
  /** fraction of the samples that came with an error bar and are true within three of it */
  readonly within: Interval;
  /** samples that came with an error bar and are not */
  readonly beyond: number;
  /** samples wrong, too many or too few in answers called exact: to be zero */
  readonly false: number;
  /** median error bar and median true error of the same samples, relative to their root mean square; null without any */
  readonly bar: number | null;
  readonly error: number | null;
  /** norm of the batch's smallest loss vector, median over batches: how little its most confident sample gives away */
  readonly smallestLoss: number;
  /** median time of an attack */
  readonly seconds: number;
}

/**
 * The attack over training: a network is trained on, and at each of `steps` the gradients of fresh batches are attacked.
 * Weights and samples are float32 throughout, as frameworks hold them; batches come from samples kept from training.
 *
 * @param steps ascending, 0 is the network as given
 * @throws InputError when an option is out of range or training diverges; AbortError when stopped by `signal`
 * @example
 * const net = mlp({ widths: [784, 128, 10], seed: 1 });
 * const rows = await overTraining(net, digits, [0, 100], { size: 4, seeds: [1], precisions: ['float64'] });
 * rows.map(({ steps, accuracy, recovered }) => [steps, accuracy, recovered.mean]);  // => [[0, 0.1, 1], [100, 0.88, 1]]
 */
export async function overTraining(
  model: Mlp,
  dataset: Dataset,
  steps: readonly number[],
  options: OverTrainingOptions = {},
): Promise<OverTrainingRow[]> {
  const { size = 8, seeds = [1, 2, 3, 4, 5], precisions = Object.keys(shareIn) as SharedPrecision[] } = options;
  checkCases(steps, size, seeds, precisions);
  const report = (fraction: number, note: string): void => options.onProgress?.(fraction, note);
  const { networks, heldOut } = await trainedNetworks(model, dataset, steps, {
    ...options,
    onProgress: (fraction, note) => report(fraction / 2, note),
  });
  check(
    size <= heldOut.labels.length,
    () => `overTraining: size is ${size}, expected at most ${heldOut.labels.length}`,
  );
  const batches = seeds.map((seed) => heldOut.draw({ size, seed }));
  const points = networks.flatMap((network) => precisions.map((precision) => ({ network, precision })));
  const rows: OverTrainingRow[] = [];
  for (const { network, precision } of points) {
    const note = `${network.steps} steps, ${precision}`;
    const tries = await attacked(network.model, batches, precision, {
      ...options,
      onProgress: (fraction, found) => report((1 + (rows.length + fraction) / points.length) / 2, `${note}${found}`),
    });
    rows.push({ ...rowOf(network, batches, tries), precision });
  }
  return rows;
}

interface Try {
  readonly found: Reconstruction;
  readonly judged: JudgedAnswer;
}

/** One attack on each batch. */
async function attacked(
  model: Mlp,
  batches: readonly Batch[],
  precision: SharedPrecision,
  { seconds = 10, signal, onProgress }: OverTrainingOptions,
): Promise<Try[]> {
  const tries: Try[] = [];
  for (const batch of batches) {
    const done = tries.length / batches.length;
    onProgress?.(done, '');
    await nextTurn(); // lets interrupts and progress through
    signal?.throwIfAborted();
    const found = await reconstructAsync(model, shareIn[precision](model, batch), {
      ...{ seconds, workers: 1 },
      ...(signal && { signal }),
      onProgress: (_, located) => onProgress?.(done, `, ${located}`),
    });
    signal?.throwIfAborted(); // an answer cut short is none of the experiment's
    tries.push({ found, judged: judgeAnswer(found, batch) });
  }
  return tries;
}

const shareIn: Record<SharedPrecision, (model: Mlp, batch: Batch) => AveragedGradient> = {
  float64: (model, batch) => captureGradient(model, batch),
  float32: (model, batch) => captureGradient(model, batch, { precision: 'float32' }),
  rounded: (model, batch) => captureGradient(model, batch, { precision: 'rounded' }),
  fp16: (model, batch) => quantise(captureGradient(model, batch, { precision: 'float32' }), 'fp16'),
};

function rowOf(
  { steps, accuracy, model }: TrainedNetwork,
  batches: readonly Batch[],
  tries: readonly Try[],
): Omit<OverTrainingRow, 'precision'> {
  const size = batches[0]?.labels.length ?? 0;
  const judged = tries.map((t) => t.judged);
  const share = (of: (j: JudgedAnswer) => number): Interval => confidence(judged.map((j) => of(j) / size));
  const total = (of: (j: JudgedAnswer) => number): number => judged.reduce((sum, j) => sum + of(j), 0);
  const having = (status: Status): number => tries.filter((t) => t.found.status === status).length;
  return {
    steps,
    accuracy,
    size,
    batches: batches.length,
    statuses: {
      exact: having('exact'),
      approximate: having('approximate'),
      partial: having('partial'),
      'not-unique': having('not-unique'),
      inconsistent: having('inconsistent'),
    },
    exact: confidence(tries.map((t) => Number(t.found.status === 'exact'))),
    recovered: share((j) => j.recovered),
    within: share((j) => j.within),
    beyond: total((j) => j.beyond),
    false: total((j) => j.false),
    bar: median(judged.flatMap((j) => j.bars)),
    error: median(judged.flatMap((j) => j.errors)),
    smallestLoss: median(batches.map((batch) => smallestLoss(model, batch))) ?? 0,
    seconds: median(tries.map((t) => t.found.seconds)) ?? 0,
  };
}

function smallestLoss(model: Mlp, { inputs, labels }: Batch): number {
  const losses = lossVectors(forward(model, inputs).logits, labels);
  return Math.min(...Array.from(labels, (_, m) => norm(row(losses, m))));
}

function median(values: readonly number[]): number | null {
  return values.length > 0 ? quantile(values, 0.5) : null;
}

function checkCases(
  steps: readonly number[],
  size: number,
  seeds: readonly number[],
  precisions: readonly SharedPrecision[],
): void {
  const ascending = steps.length > 0 && steps.every((s, k) => isCount(s, 0) && s > (steps[k - 1] ?? -1));
  check(ascending, () => `overTraining: steps are [${steps}], expected whole numbers from 0 on, ascending`);
  check(isCount(size), () => `overTraining: size is ${size}, expected a positive integer`);
  check(
    seeds.length > 0 && precisions.length > 0,
    () => `overTraining: ${seeds.length} seeds and ${precisions.length} precisions, expected at least one of each`,
  );
  const unknown = precisions.find((p) => !(p in shareIn));
  check(
    unknown === undefined,
    () => `overTraining: precision is ${unknown}, expected one of ${Object.keys(shareIn).join(', ')}`,
  );
}
