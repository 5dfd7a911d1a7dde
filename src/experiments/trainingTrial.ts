import { check } from '../check';
import type { Dataset } from '../data/dataset';
import { groupedBy } from '../math/groupedBy';
import { mlp } from '../model/mlp';
import type { Watch } from '../types';
import type { OverTrainingRow, SharedPrecision } from './overTraining';
import { partWatch } from './partWatch';
import { type Experiment, samplesOf, type TrialWatch } from './sweep/experiment';
import { trainedNetworks } from './trainedNetworks';
import { precisionNames, type TrainingTry, trainingRow, trainingTry } from './trainingTry';

/** One network after so much training, one precision, one batch: everything that a trial's result depends on, beside the samples. */
export interface TrainingPoint {
  /** name of the data set */
  readonly data: string;
  /** inputs first, classes last */
  readonly widths: readonly number[];
  /** seed of the network, of the split and of the order of training */
  readonly network: number;
  /** learning rate */
  readonly rate: number;
  readonly steps: number;
  readonly precision: SharedPrecision;
  /** M */
  readonly size: number;
  /** of the batch */
  readonly seed: number;
  /** time for one attack */
  readonly seconds: number;
}

/** A finished trial. */
export interface TrainingTrial extends TrainingPoint, TrainingTry {
  /** on samples that training has not seen, in [0, 1] */
  readonly accuracy: number;
}

/** The trials of {@link overTraining} on fresh networks. */
export const training: Experiment<TrainingPoint, TrainingTrial> = {
  name: 'training',
  version: 1,
  note: ({ steps, precision, seed }) => `${steps} steps, ${precision}, seed ${seed}`,
  run: trainingTrial,
};

/** The points of a grid, row by row of {@link trainingRows}. */
export function trainingPoints(
  common: Omit<TrainingPoint, 'steps' | 'precision' | 'seed'>,
  steps: readonly number[],
  seeds: readonly number[],
): TrainingPoint[] {
  return steps.flatMap((step) =>
    precisionNames.flatMap((precision) => seeds.map((seed) => ({ ...common, steps: step, precision, seed }))),
  );
}

/** A row for each network and precision, over the batches. */
export function trainingRows(trials: readonly TrainingTrial[]): OverTrainingRow[] {
  const keyOf = ({ data, widths, network, rate, steps, precision, size }: TrainingTrial): string =>
    JSON.stringify({ data, widths, network, rate, steps, precision, size });
  return groupedBy(trials, keyOf).map((own) => {
    const [{ steps, accuracy, precision, size }] = own;
    return trainingRow({ steps, accuracy, precision, size }, own);
  });
}

type Trained = ReturnType<typeof trainedNetworks>;

/** The training that trials asked for last: those of one network come one after the other. */
const trained = new WeakMap<Dataset, { readonly key: string; readonly training: Trained }>();

function trainOnce(dataset: Dataset, { widths, network, rate, steps }: TrainingPoint, watch: Watch): Trained {
  const key = JSON.stringify([widths, network, rate, steps]);
  const last = trained.get(dataset);
  if (last?.key === key) return last.training;
  const start = mlp({ widths, seed: network });
  const run = trainedNetworks(start, dataset, [steps], { rate, seed: network, ...watch });
  run.catch(() => trained.delete(dataset)); // one that was stopped is none
  trained.set(dataset, { key, training: run });
  return run;
}

async function trainingTrial(
  point: TrainingPoint,
  samples: Dataset | undefined,
  watch: TrialWatch,
): Promise<TrainingTrial> {
  const { precision, size, seed, seconds } = point;
  const { networks, heldOut } = await trainOnce(samplesOf(training, samples), point, partWatch(watch, [0, 2], ''));
  const [network] = networks;
  check(
    network !== undefined && size <= heldOut.labels.length,
    () => `training: size is ${size}, expected at most ${heldOut.labels.length}, the samples kept from training`,
  );
  const batch = heldOut.draw({ size, seed });
  const found = await trainingTry(network.model, batch, precision, {
    ...partWatch(watch, [1, 2], ''),
    ...{ workers: watch.workers, seconds },
  });
  return { ...point, accuracy: network.accuracy, ...found };
}
