import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import { localUpdate } from '../gradient/localUpdate';
import { mlp } from '../model/mlp';
import type { Precision, Watch } from '../types';
import { exposure } from '../verification/identifiability/exposure';
import { type FederatedOutcome, federatedOutcome } from './federatedOutcome';
import { loggedTrials } from './loggedTrials';

/** Options of {@link federatedSettings}: the grid, and how it is run. */
export interface FederatedOptions extends Watch {
  /** of local samples, M. @default [8] */
  readonly sizes?: readonly number[];
  /** passes over them; without mini-batches each is one local step. @default [1, 5, 20] */
  readonly epochs?: readonly number[];
  /** learning rates. @default [0.001, 0.01, 0.1] */
  readonly rates?: readonly number[];
  /** samples of a mini-batch, null for all of them; sizes of M and more are all of them, too. @default [null] */
  readonly batchSizes?: readonly (number | null)[];
  /** of network, batch and order, one trial each. @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** neurons of the hidden layer. @default 512 */
  readonly width?: number;
  /** of the client's arithmetic. @default 'float32' */
  readonly precision?: Precision;
  /** time for one attack. @default 10 */
  readonly seconds?: number;
  /** threads that search. @default 1 */
  readonly workers?: number;
  /** JSON lines, one per trial; a run that finds trials there goes on from them */
  readonly log?: string;
}

/** One client: everything that a trial's result depends on, beside the samples. */
export interface FederatedSetting {
  /** name of the data set */
  readonly data: string;
  readonly width: number;
  /** M */
  readonly size: number;
  readonly epochs: number;
  readonly rate: number;
  /** samples of a mini-batch; null: all of them */
  readonly batchSize: number | null;
  readonly precision: Precision;
  readonly seed: number;
  /** time for one attack */
  readonly seconds: number;
}

/** What the exposure of a client says beforehand, and what the attack then found. */
export interface FederatedRow extends FederatedSetting, FederatedOutcome {
  /** steps of SGD */
  readonly steps: number;
  /** samples that the exposure calls given away */
  readonly exposed: number;
  /** dB of the worst sample that the exposure foretells, for a peak of 1; null where it cannot say */
  readonly foretold: number | null;
  /** fewest zeros of a sample's column; flips and largest drift of the exposure */
  readonly zeros: number;
  readonly flips: number;
  readonly drift: number;
}

/**
 * What FedAvg gives away: for each number of samples, epochs, rate and mini-batch, what `exposure` says of the client beforehand, and what
 * the attack finds in its update (method 12).
 *
 * @returns a row per setting and seed; an abort is no error: the rows finished so far are returned
 * @throws InputError for an empty or unfit grid, and for a log that another run is writing
 * @example
 * const rows = await federatedSettings(digits, { sizes: [8], epochs: [1, 5], rates: [0.1], seeds: [1] });
 * rows.map(({ steps, exposed, exact }) => [steps, exposed, exact]);  // => [[1, 8, 8], [5, 8, 8]]
 */
export async function federatedSettings(dataset: Dataset, options: FederatedOptions = {}): Promise<FederatedRow[]> {
  const { workers = 1, signal, onProgress, log } = options;
  return loggedTrials<FederatedSetting, FederatedRow>(grid(dataset, options), {
    ...{ keyOf, noteOf, run: (setting, watch) => trial(setting, dataset, { workers, ...watch }) },
    ...(log !== undefined && { log }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}

async function trial(
  setting: FederatedSetting,
  dataset: Dataset,
  watch: Watch & { readonly workers: number },
): Promise<FederatedRow> {
  const { width, size, epochs, rate, batchSize, precision, seed, seconds } = setting;
  const model = mlp({ widths: [dataset.inputs.columns, width, dataset.classes], seed });
  const batch = dataset.draw({ size, seed });
  const training = { epochs, rate, precision, seed, ...(batchSize !== null && { batchSize }) };
  const { samples, counts, steps, flips, drift } = exposure(model, batch, training);
  const outcome = await federatedOutcome(localUpdate(model, batch, training), batch, { ...watch, seconds });
  return {
    ...setting,
    steps,
    exposed: size - counts.undetermined,
    foretold: worstOf(samples.map(({ error }) => error)),
    zeros: Math.min(...samples.map(({ zeros }) => zeros)),
    flips,
    drift: drift.largest,
    ...outcome,
  };
}

function worstOf(errors: readonly (number | null)[]): number | null {
  const known = errors.filter((error) => error !== null);
  return known.length < errors.length ? null : -20 * Math.log10(Math.max(...known));
}

function grid(dataset: Dataset, options: FederatedOptions): FederatedSetting[] {
  const { sizes = [8], epochs = [1, 5, 20], rates = [0.001, 0.01, 0.1], batchSizes = [null] } = options;
  const { seeds = [1, 2, 3], width = 512, precision = 'float32', seconds = 10 } = options;
  const caller = 'federatedSettings';
  const whole = batchSizes.filter((size) => size !== null);
  for (const [name, values] of Object.entries({ sizes, epochs, rates, batchSizes, seeds }))
    check(values.length > 0, () => `${caller}: ${name} is empty, expected at least one`);
  for (const [name, values] of Object.entries({ sizes, epochs, batchSizes: whole, width: [width] }))
    check(
      values.every((v) => isCount(v)),
      () => `${caller}: ${name} is ${values}, expected positive integers`,
    );
  check(
    sizes.every((size) => size <= dataset.labels.length),
    () => `${caller}: sizes are ${sizes}, expected at most the ${dataset.labels.length} samples of ${dataset.name}`,
  );
  check(
    rates.every((rate) => 0 < rate && rate < Number.POSITIVE_INFINITY),
    () => `${caller}: rates are ${rates}, expected positive numbers`,
  );
  check(
    precision === 'float32' || precision === 'float64',
    () => `${caller}: precision is ${precision}, expected 'float32' or 'float64'`,
  );
  check(seconds > 0, () => `${caller}: seconds is ${seconds}, expected a positive number`);
  const common = { data: dataset.name, width, precision, seconds };
  return sizes.flatMap((size) =>
    batchSizes.flatMap((given) =>
      rates.flatMap((rate) =>
        epochs.flatMap((passes) =>
          seeds.map((seed) => {
            const batchSize = given === null || given >= size ? null : given;
            return { ...common, size, epochs: passes, rate, batchSize, seed };
          }),
        ),
      ),
    ),
  );
}

function keyOf({ data, width, size, epochs, rate, batchSize, precision, seed, seconds }: FederatedSetting): string {
  return JSON.stringify([data, width, size, epochs, rate, batchSize, precision, seed, seconds]);
}

function noteOf({ size, epochs, rate, batchSize, seed }: FederatedSetting): string {
  const passes = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
  return `M = ${size}, ${passes}${batchSize === null ? '' : ` of batches of ${batchSize}`} at ${rate}, seed ${seed}`;
}
