import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Tinypool } from 'tinypool';
import { check, InputError, isCount } from '../check';
import type { Dataset } from '../data';
import type { Precision, Watch } from '../types';
import { unlessStopped } from './loggedTrials';
import { type PhaseMethod, type PhasePoint, type PhaseTrial, phaseTrial } from './phaseTrial';
import type { PlainDataset, WorkerAnswer } from './phaseWorker';
import { trialLog } from './trialLog';

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
  const points = [...new Map(grid(options).map((point) => [keyOf(point), point])).values()]; // sizes 2,2 are one size
  const log = trialLog<PhaseTrial>(options.log);
  try {
    // a log that two runs once shared has trials twice: the first one counts
    const known = new Map([...log.rows].reverse().map((trial) => [keyOf(trial), trial]));
    const open = points.filter((point) => !known.has(keyOf(point)));
    let finished = points.length - open.length;
    const tell = ({ size, width, method }: PhasePoint): void =>
      options.onProgress?.(finished / points.length, `M = ${size}, width ${width}, ${method}`);
    await runAll(open, options, {
      begin: tell,
      finish: (trial) => {
        log.record(trial);
        known.set(keyOf(trial), trial);
        finished++;
        tell(trial);
      },
    });
    return points.flatMap((point) => known.get(keyOf(point)) ?? []);
  } finally {
    log.close();
  }
}

/** What of a set can go to another thread. */
function plain({ name, inputs, labels, classes, image }: Dataset): PlainDataset {
  return { name, inputs, labels, classes, ...(image && { image }) };
}

/** Runs the points one after the other, on each worker, until there are no more or the signal comes. */
async function runAll(
  points: PhasePoint[],
  { data, workers = 1, signal }: PhaseOptions,
  { begin, finish }: { begin: (point: PhasePoint) => void; finish: (trial: PhaseTrial) => void },
): Promise<void> {
  const take = async (run: (point: PhasePoint) => Promise<PhaseTrial>): Promise<void> => {
    for (let point = points.shift(); point && !signal?.aborted; point = points.shift()) {
      begin(point);
      const trial = await run(point).catch(unlessStopped);
      if (!trial) return;
      finish(trial);
      await setImmediate(); // lets a signal in: trials in this thread leave the event loop no turn
    }
  };
  const own = typeof data === 'object' ? data : undefined;
  if (workers === 0 || points.length === 0) return take((point) => phaseTrial(point, own));
  const pool = new Tinypool({
    filename: join(__dirname, 'phaseWorker.js'),
    minThreads: workers,
    maxThreads: workers,
    ...(own && { workerData: plain(own) }),
  });
  try {
    const run = async (point: PhasePoint): Promise<PhaseTrial> => {
      const answer = (await pool.run(point, signal && { signal })) as WorkerAnswer;
      if ('refused' in answer) throw new InputError(answer.refused);
      return answer.trial;
    };
    await Promise.all(Array.from({ length: workers }, () => take(run)));
  } finally {
    await pool.destroy();
  }
}

function grid(options: PhaseOptions): PhasePoint[] {
  const { data = 'mnist', sizes, widths, depths = [1], seeds = 5, precision = 'float64' } = options;
  const { methods = allMethods, secondsPerTrial: seconds = 60 } = options;
  const set = typeof data === 'object' ? data.name : data;
  check(
    typeof data === 'object' || sources.includes(data),
    () => `phaseDiagram: data is ${data}, expected a data set, ${sources.join(' or ')}`,
  );
  check(
    typeof data !== 'object' || !sources.includes(set),
    () => `phaseDiagram: data is called ${set} and may be another ${set}, expected another name: rows and log go by it`,
  );
  const odd = methods.find((method) => !allMethods.includes(method));
  check(
    methods.length > 0 && odd === undefined,
    () => `phaseDiagram: methods are [${methods}], expected some of ${allMethods.join(', ')}`,
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
const allMethods: readonly PhaseMethod[] = ['boundary', 'exan', 'pursuit', 'support'];

function keyOf({ data, size, width, depth, seed, precision, method }: PhasePoint): string {
  return JSON.stringify([data, size, width, depth, seed, precision, method]); // a log from elsewhere may hold anything
}
