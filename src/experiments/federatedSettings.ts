import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import type { Precision, Watch } from '../types';
import { type FederatedRow, type FederatedSetting, federated } from './federatedTrial';
import { runTrials } from './sweep/runTrials';

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
  /** threads: a client each, those left over search; 0 runs them in this one. @default 1 */
  readonly workers?: number;
  /** JSON lines, one per trial; a run that finds trials there goes on from them */
  readonly log?: string;
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
  return runTrials(federated, federatedPoints(dataset, options), dataset, options);
}

/** The points of its grid. */
export function federatedPoints(dataset: Dataset, options: FederatedOptions): FederatedSetting[] {
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
