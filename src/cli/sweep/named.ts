import { check } from '../../check';
import { sweeps } from '../sweeps';
import type { SweepCommand } from './command';
import type { AnySweep } from './sweep';

/**
 * The sweep of a name and its command.
 *
 * @throws InputError when there is none
 */
export function sweepCalled(caller: string, name: string): SweepCommand {
  const known = sweeps.find(({ sweep }) => sweep.experiment.name === name);
  check(
    known !== undefined,
    () =>
      `${caller}: ${name} is no sweep, expected one of ${sweeps.map(({ sweep }) => sweep.experiment.name).join(', ')}`,
  );
  return known;
}

/**
 * The sweep of a name, for who was told nothing else.
 *
 * @throws InputError when there is none, or its trials are of another version
 */
export function sweepNamed(caller: string, name: string, version: number): AnySweep {
  const { sweep } = sweepCalled(caller, name);
  check(
    sweep.experiment.version === version,
    () =>
      `${caller}: these trials are of version ${version} of ${name}, this program runs version ${sweep.experiment.version}; use the program that began the sweep`,
  );
  return sweep;
}
