import { check } from '../check';
import type { Dataset } from '../data/dataset';
import { noDefence } from '../defences/defence';
import { groupedBy } from '../math/groupedBy';
import { mlp } from '../model/mlp';
import { checkSize, type DefenceTry, defenceRow, defenceTry, split, usualAttacks } from './defenceTry';
import type { DefenceRow } from './evaluateDefences';
import { type Experiment, samplesOf, type TrialWatch } from './sweep/experiment';
import { usualDefences } from './usualDefences';

/** One batch behind one of the usual defences: everything that a trial's result depends on, beside the samples. */
export interface DefencePoint {
  /** name of the data set */
  readonly data: string;
  /** inputs first, classes last */
  readonly widths: readonly number[];
  /** seed of the network */
  readonly network: number;
  readonly defence: string;
  readonly strength: number;
  /** M */
  readonly size: number;
  /** of batch, noise and training */
  readonly seed: number;
  /** of training with the defence; 0: none */
  readonly steps: number;
}

/** A finished trial. */
export interface DefenceTrial extends DefencePoint, DefenceTry {}

/** The trials of {@link evaluateDefences} on fresh networks. */
export const defences: Experiment<DefencePoint, DefenceTrial> = {
  name: 'defences',
  version: 1,
  note: ({ defence, strength, seed }) => `${defence} ${strength}, seed ${seed}`,
  run: defenceTrial,
};

/** The points of a grid, row by row of {@link defenceRows}. */
export function defencePoints(
  dataset: Dataset,
  common: Pick<DefencePoint, 'widths' | 'network' | 'size' | 'steps'>,
  seeds: readonly number[],
): DefencePoint[] {
  checkSize('defences', common.size, dataset);
  return [noDefence, ...usualDefences(dataset)].flatMap(({ name: defence, strength }) =>
    seeds.map((seed) => ({ data: dataset.name, ...common, defence, strength, seed })),
  );
}

/** A row for each defence, over the batches. */
export function defenceRows(trials: readonly DefenceTrial[]): DefenceRow[] {
  return groupedBy(trials, ({ defence, strength }) => `${defence} ${strength}`).map((own) => {
    const [{ defence: name, strength }] = own;
    return defenceRow({ name, strength }, own);
  });
}

async function defenceTrial(
  point: DefencePoint,
  samples: Dataset | undefined,
  watch: TrialWatch,
): Promise<DefenceTrial> {
  const { widths, network, size, seed, steps } = point;
  const dataset = samplesOf(defences, samples);
  const defence = [noDefence, ...usualDefences(dataset)].find(
    ({ name, strength }) => name === point.defence && strength === point.strength,
  );
  check(
    defence !== undefined,
    () => `defences: there is no ${point.defence} of strength ${point.strength}, expected one of the usual defences`,
  );
  const model = mlp({ widths, seed: network });
  const { workers: _, ...watched } = watch;
  const found = await defenceTry(model, defence, split(dataset), {
    ...{ size, seed, training: steps > 0 && { steps }, attacks: usualAttacks },
    ...watched,
  });
  return { ...point, ...found };
}
