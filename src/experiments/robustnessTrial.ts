import type { Dataset } from '../data/dataset';
import { captureGradient } from '../gradient/captureGradient';
import { groupedBy } from '../math/groupedBy';
import { mlp } from '../model/mlp';
import { type AttackTry, attackTry, outcomeOf } from './attackOutcome';
import { attacks } from './attacks';
import { type Disturbance, disturb, type RobustnessRow } from './robustness';
import { type Experiment, samplesOf, type TrialWatch } from './sweep/experiment';

/** One batch, one disturbance, one attack: everything that a trial's result depends on, beside the samples. */
export interface RobustnessPoint extends Disturbance {
  /** name of the data set */
  readonly data: string;
  /** inputs first, classes last */
  readonly widths: readonly number[];
  /** seed of the network */
  readonly network: number;
  /** M */
  readonly size: number;
  readonly attack: keyof typeof attacks;
  /** of batch and noise */
  readonly seed: number;
}

/** A finished trial. */
export interface RobustnessTrial extends RobustnessPoint, AttackTry {}

/** The trials of {@link robustness} on fresh networks. */
export const robustnessTrials: Experiment<RobustnessPoint, RobustnessTrial> = {
  name: 'robustness',
  version: 1,
  note: ({ kind, level, attack, seed }) => `${kind} ${level}, ${attacks[attack].name}, seed ${seed}`,
  run: robustnessTrial,
};

/** The points of a grid, row by row of {@link robustnessRows}. */
export function robustnessPoints(
  common: Pick<RobustnessPoint, 'data' | 'widths' | 'network' | 'size'>,
  disturbances: readonly Disturbance[],
  seeds: readonly number[],
): RobustnessPoint[] {
  const tried = ['exact', 'adaptive', 'rowRatios', 'noisyPursuit'] as const;
  return disturbances.flatMap((disturbance) =>
    tried.flatMap((attack) => seeds.map((seed) => ({ ...common, ...disturbance, attack, seed }))),
  );
}

/** A row for each disturbance and attack, over the batches. */
export function robustnessRows(trials: readonly RobustnessTrial[]): RobustnessRow[] {
  const keyOf = ({ errors: _, candidates: __, seed: ___, ...row }: RobustnessTrial): string => JSON.stringify(row);
  return groupedBy(trials, keyOf).map((own) => {
    const [{ kind, level, attack }] = own;
    return { kind, level, attack: attacks[attack].name, ...outcomeOf(own) };
  });
}

async function robustnessTrial(
  point: RobustnessPoint,
  samples: Dataset | undefined,
  watch: TrialWatch,
): Promise<RobustnessTrial> {
  const { widths, network, size, attack, seed } = point;
  const model = mlp({ widths, seed: network });
  const batch = samplesOf(robustnessTrials, samples).draw({ size, seed });
  const shared = disturb(captureGradient(model, batch), point, seed);
  return { ...point, ...(await attackTry(attacks[attack], model, { batch, shared }, watch)) };
}
