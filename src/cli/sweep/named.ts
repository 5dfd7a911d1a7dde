import { check } from '../../check';
import { sweeps } from '../sweeps';
import type { AnySweep } from './sweep';

/**
 * The sweep of a name, for who was told nothing else.
 *
 * @throws InputError when there is none, or its trials are of another version
 */
export function sweepNamed(caller: string, name: string, version: number): AnySweep {
  const known = sweeps.find(({ sweep }) => sweep.experiment.name === name)?.sweep;
  check(
    known !== undefined,
    () =>
      `${caller}: ${name} is no sweep of this program, expected one of ${sweeps.map(({ sweep }) => sweep.experiment.name).join(', ')}`,
  );
  check(
    known.experiment.version === version,
    () =>
      `${caller}: these trials are of version ${version} of ${name}, this program runs version ${known.experiment.version}; use the program that began the sweep`,
  );
  return known;
}
