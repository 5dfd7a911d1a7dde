import { check, isCount } from '../check';
import type { Dataset } from '../data';
import type { Precision, Watch } from '../types';
import { type PhaseMethod, type PhasePoint, type PhaseTrial, phase } from './phaseTrial';
import { runTrials } from './sweep/runTrials';

/** Options of {@link phaseDiagram}: the grid, and how it is run. */
export interface PhaseOptions extends Watch {
  /** where batches are drawn from: a set, or one of these by name. @default 'mnist' */
  readonly data?: 'mnist' | 'gaussian' | Dataset;
  readonly sizes: readonly number[];
  readonly widths: readonly number[];
  /** @default [1] */
  readonly depths?: readonly number[];
  /** number of seeds per point. @default 5 */
  readonly seeds?: number;
  /** @default 'float64' */
  readonly precision?: Precision;
  /** @default all */
  readonly methods?: readonly PhaseMethod[];
  /** time that pattern pursuit may take per trial. @default 60 */
  readonly secondsPerTrial?: number;
  /** worker threads; 0 runs trials in this thread, where nothing stops one and nothing is told before it ends. @default 1 */
  readonly workers?: number;
  /** JSON lines, one per trial; a run that finds trials there goes on from them */
  readonly log?: string;
}

/**
 * Success rate over batch size, width and depth (method 7: three regions): one row per trial, for a figure or a table.
 * The rows are the same for any number of workers, and for a run that was killed and taken up again.
 *
 * A signal stops the trials that run, which are none then, and ends it with those that are done.
 *
 * @throws InputError for an empty or unfit grid, and for a log that another run is writing
 * @example
 * const trials = await phaseDiagram({ sizes: [4, 64], widths: [512], seeds: 1, methods: ['boundary'] });
 * trials.map(({ success }) => success);  // => [true, false]
 */
export async function phaseDiagram(options: PhaseOptions): Promise<PhaseTrial[]> {
  return runTrials(phase, phasePoints(options), typeof options.data === 'object' ? options.data : undefined, options);
}

/** The points of a phase diagram's grid. */
export function phasePoints(options: Omit<PhaseOptions, 'workers' | 'log' | keyof Watch>): PhasePoint[] {
  const { data = 'mnist', sizes, widths, depths = [1], seeds = 5, precision = 'float64' } = options;
  const { methods = phaseMethods, secondsPerTrial: seconds = 60 } = options;
  const set = typeof data === 'object' ? data.name : data;
  check(
    typeof data === 'object' || sources.includes(data),
    () => `phaseDiagram: data is ${data}, expected a data set, ${sources.join(' or ')}`,
  );
  check(
    typeof data !== 'object' || !sources.includes(set),
    () => `phaseDiagram: data is called ${set} and may be another ${set}, expected another name: rows and log go by it`,
  );
  const odd = methods.find((method) => !phaseMethods.includes(method));
  check(
    methods.length > 0 && odd === undefined,
    () => `phaseDiagram: methods are [${methods}], expected some of ${phaseMethods.join(', ')}`,
  );
  for (const [name, values] of Object.entries({ sizes, widths, depths, seeds: [seeds] }))
    check(
      values.length > 0 && values.every((v) => isCount(v)),
      () => `phaseDiagram: ${name} are [${values}], expected positive integers`,
    );
  return sizes.flatMap((size) =>
    widths.flatMap((width) =>
      depths.flatMap((depth) =>
        methods.flatMap((method) =>
          Array.from({ length: seeds }, (_, seed) => ({
            data: set,
            size,
            width,
            depth,
            seed,
            precision,
            method,
            seconds,
          })),
        ),
      ),
    ),
  );
}

const sources: readonly string[] = ['mnist', 'gaussian'];

/** All that is tried. */
export const phaseMethods: readonly PhaseMethod[] = ['boundary', 'exan', 'pursuit', 'support'];
