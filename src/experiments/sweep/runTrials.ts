import { check, isCount } from '../../check';
import type { Dataset } from '../../data/dataset';
import { nextTurn } from '../../nextTurn';
import { hasThreads } from '../../reconstruction/workers';
import type { Watch } from '../../types';
import { trialLog } from '../trialLog';
import { unlessStopped } from '../unlessStopped';
import type { Experiment } from './experiment';
import { fingerprint, pointsById } from './trialId';
import { trialThreads } from './trialThreads';

/** How {@link runTrials} runs its points. */
export interface RunTrialsOptions extends Watch {
  /** threads: a trial each, those left over search within a trial; 0 runs trials in this one. @default 1 */
  readonly workers?: number;
  /** JSON lines, one per trial; a run that finds trials there goes on from them */
  readonly log?: string;
}

/**
 * Runs the trials of an experiment, each once, and keeps them in a log.
 *
 * @returns those that are done, in the order of the points: an abort is no error
 * @throws InputError for a log that another run is writing, and what a trial refuses
 */
export async function runTrials<P extends object, T extends P>(
  experiment: Experiment<P, T>,
  all: readonly P[],
  dataset: Dataset | undefined,
  { workers = 1, log: path, signal, onProgress }: RunTrialsOptions,
): Promise<T[]> {
  check(
    isCount(workers, 0),
    () => `${experiment.name}: workers is ${workers}, expected a whole number; 0 runs trials in this thread`,
  );
  const samples = dataset && path !== undefined ? fingerprint(dataset) : null;
  const points = pointsById(experiment, all, samples); // sizes 2,2 are one size
  const log = trialLog<Named<T>>(path);
  try {
    const known = knownTrials(log.rows, points);
    const open = [...points].filter(([id]) => !known.has(id));
    const tell = reporter(known, points.size, onProgress);
    const threads = hasThreads() ? Math.min(workers, open.length) : 0;
    const pool = threads > 0 ? trialThreads(threads, dataset) : undefined;
    const searching = Math.max(1, Math.floor(workers / Math.max(1, threads)));
    const one = async (id: string, point: P): Promise<T | null> => {
      const note = experiment.note(point);
      tell(note, id, 0);
      const watch = {
        workers: searching,
        ...(signal && { signal }),
        onProgress: (fraction: number, words: string) => {
          if (!signal?.aborted && !known.has(id)) tell([note, words].filter(Boolean).join(', '), id, fraction);
        },
      };
      const run = pool ? pool.run(experiment, point, watch) : experiment.run(point, dataset, watch);
      const trial = await run.catch(unlessStopped);
      if (!trial) return null;
      log.record({ id, ...trial });
      known.set(id, trial);
      tell(note, id, 0);
      return trial;
    };
    const take = async (): Promise<void> => {
      for (let next = open.shift(); next && !signal?.aborted; next = open.shift()) {
        if (!(await one(...next))) return;
        await nextTurn(); // lets a signal in: trials in this thread may leave the event loop no turn
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.max(1, threads) }, take));
    } finally {
      await pool?.close();
    }
    return [...points.keys()].flatMap((id) => known.get(id) ?? []);
  } finally {
    log.close();
  }
}

/** Tells how far all is when one of the trials that run beside each other says how far it is. */
function reporter(
  known: ReadonlyMap<string, unknown>,
  total: number,
  onProgress: Watch['onProgress'],
): (note: string, id: string, fraction: number) => void {
  const within = new Map<string, number>();
  return (note, id, fraction) => {
    if (fraction > 0) within.set(id, Math.min(1, fraction));
    else within.delete(id); // it begins, or is among the known
    const running = [...within.values()].reduce((sum, f) => sum + f, 0);
    onProgress?.((known.size + running) / total, note);
  };
}

/** A trial as a log has it. */
export type Named<T> = T & { readonly id: string };

/** Those of a log that are asked for. It may hold others, of another sweep, and the same ones twice: the first one counts. */
function knownTrials<T extends object>(
  rows: readonly Named<T>[],
  wanted: ReadonlyMap<string, unknown>,
): Map<string, T> {
  const known = new Map<string, T>();
  for (const { id, ...trial } of rows) if (wanted.has(id) && !known.has(id)) known.set(id, trial as unknown as T);
  return known;
}
