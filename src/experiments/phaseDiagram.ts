import { join } from 'node:path';
import { Tinypool } from 'tinypool';
import { check, isCount } from '../check';
import type { Precision, Watch } from '../types';
import { type PhaseMethod, type PhasePoint, type PhaseTrial, phaseTrial } from './phaseTrial';
import { trialLog } from './trialLog';

/** Options of {@link phaseDiagram}: the grid, and how it is run. */
export interface PhaseOptions extends Watch {
  readonly data?: PhasePoint['data'];
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
  /** worker threads; 0 runs in this thread. @default 0 */
  readonly workers?: number;
  /** JSON lines, one per trial; a run that finds trials there goes on from them */
  readonly log?: string;
}

/**
 * Success rate over batch size, width and depth (method 7: three regions): one row per trial, for a figure or a table.
 * The rows are the same for any number of workers, and for a run that was killed and taken up again.
 *
 * @throws InputError for an empty or unfit grid
 * @example
 * const trials = await phaseDiagram({ sizes: [4, 64], widths: [512], seeds: 1, methods: ['boundary'] });
 * trials.map(({ success }) => success);  // => [true, false]
 */
export async function phaseDiagram(options: PhaseOptions): Promise<PhaseTrial[]> {
  const { workers = 0, log, signal, onProgress } = options;
  const points = grid(options);
  const done = trialLog<PhaseTrial>(log);
  const known = new Set(done.rows.map(keyOf));
  const open = points.filter((point) => !known.has(keyOf(point)));
  let finished = points.length - open.length;
  const take = async (run: (point: PhasePoint) => Promise<PhaseTrial>): Promise<void> => {
    for (let point = open.shift(); point && !signal?.aborted; point = open.shift()) {
      const trial = await run(point);
      done.record(trial);
      onProgress?.(++finished / points.length, `M = ${point.size}, width ${point.width}, ${point.method}`);
    }
  };
  if (workers === 0) await take(phaseTrial);
  else {
    const pool = new Tinypool({
      filename: join(__dirname, 'phaseWorker.js'),
      minThreads: workers,
      maxThreads: workers,
    });
    try {
      await Promise.all(Array.from({ length: workers }, () => take((point) => pool.run(point) as Promise<PhaseTrial>)));
    } finally {
      await pool.destroy();
    }
  }
  const order = new Map(points.map((point, k) => [keyOf(point), k]));
  const place = (trial: PhaseTrial): number => order.get(keyOf(trial)) ?? -1;
  return done.rows.filter((trial) => place(trial) >= 0).sort((a, b) => place(a) - place(b));
}

function grid(options: PhaseOptions): PhasePoint[] {
  const { data = 'mnist', sizes, widths, depths = [1], seeds = 5, precision = 'float64' } = options;
  const { methods = allMethods, secondsPerTrial: seconds = 60 } = options;
  for (const [name, values] of Object.entries({ sizes, widths, depths, seeds: [seeds] }))
    check(
      values.length > 0 && values.every((v) => isCount(v)),
      () => `phaseDiagram: ${name} are [${values}], expected positive integers`,
    );
  return sizes.flatMap((size) =>
    widths.flatMap((width) =>
      depths.flatMap((depth) =>
        methods.flatMap((method) =>
          Array.from({ length: seeds }, (_, seed) => ({ data, size, width, depth, seed, precision, method, seconds })),
        ),
      ),
    ),
  );
}

const allMethods: readonly PhaseMethod[] = ['boundary', 'exan', 'pursuit', 'support'];

function keyOf({ data, size, width, depth, seed, precision, method }: PhasePoint): string {
  return [data, size, width, depth, seed, precision, method].join(' ');
}
