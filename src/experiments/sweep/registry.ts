import { check } from '../../check';
import { boundary } from '../boundaryTrial';
import { comparison } from '../comparisonTrial';
import { defences } from '../defenceTrial';
import { federated } from '../federatedTrial';
import { phase } from '../phaseTrial';
import { convolutions } from '../picturesTrial';
import { robustnessTrials } from '../robustnessTrial';
import { training } from '../trainingTrial';
import type { Experiment } from './experiment';

const experiments: readonly Experiment<object, object>[] = [
  phase,
  robustnessTrials,
  federated,
  training,
  boundary,
  convolutions,
  comparison,
  defences,
];

/**
 * The experiment of a name, for a thread or machine that was told nothing else.
 *
 * @throws InputError when there is none
 */
export function experimentNamed(name: string): Experiment<object, object> {
  const known = experiments.find((one) => one.name === name);
  check(
    known !== undefined,
    () => `sweep: ${name} is no experiment, expected one of ${experiments.map((one) => one.name).join(', ')}`,
  );
  return known;
}
