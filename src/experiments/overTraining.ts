import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import type { Interval } from '../math/confidence';
import type { Status } from '../reconstruction/result';
import type { Mlp, Watch } from '../types';
import { trainedNetworks } from './trainedNetworks';
import { precisionNames, type TrainingTry, trainingRow, trainingTry } from './trainingTry';

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
  const { size = 8, seeds = [1, 2, 3, 4, 5], precisions = precisionNames } = options;
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
    const tries: TrainingTry[] = [];
    for (const batch of batches) {
      const done = (rows.length + tries.length / batches.length) / points.length;
      const tell = (words: string): void => report((1 + done) / 2, note + words);
      tell('');
      const watch = { ...options, workers: 1, onProgress: (_: number, located: string) => tell(`, ${located}`) };
      tries.push(await trainingTry(network.model, batch, precision, watch));
    }
    const { steps: step, accuracy } = network;
    rows.push(trainingRow({ steps: step, accuracy, precision, size }, tries));
  }
  return rows;
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
  const unknown = precisions.find((p) => !precisionNames.includes(p));
  check(
    unknown === undefined,
    () => `overTraining: precision is ${unknown}, expected one of ${precisionNames.join(', ')}`,
  );
}
