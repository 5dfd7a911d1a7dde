import type { Dataset } from '../data/dataset';
import { localUpdate } from '../gradient/localUpdate';
import { mlp } from '../model/mlp';
import type { Precision } from '../types';
import { exposure } from '../verification/identifiability/exposure';
import { type FederatedOutcome, federatedOutcome } from './federatedOutcome';
import { type Experiment, samplesOf, type TrialWatch } from './sweep/experiment';

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

/** The clients of {@link federatedSettings}, a trial each. */
export const federated: Experiment<FederatedSetting, FederatedRow> = {
  name: 'federated',
  version: 1,
  note: ({ size, epochs, rate, batchSize, seed }) => {
    const passes = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
    return `M = ${size}, ${passes}${batchSize === null ? '' : ` of batches of ${batchSize}`} at ${rate}, seed ${seed}`;
  },
  run: federatedTrial,
};

async function federatedTrial(
  setting: FederatedSetting,
  set: Dataset | undefined,
  watch: TrialWatch,
): Promise<FederatedRow> {
  const { width, size, epochs, rate, batchSize, precision, seed, seconds } = setting;
  const dataset = samplesOf(federated, set);
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
