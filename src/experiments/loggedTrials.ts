import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Watch } from '../types';
import { trialLog } from './trialLog';

/** How {@link loggedTrials} runs its points. */
export interface LoggedTrialsOptions<Point, Trial extends Point> extends Watch {
  /** JSON lines, one per trial; a run that finds trials there goes on from them */
  readonly log?: string;
  /** what tells points apart; a log from elsewhere may hold anything */
  readonly keyOf: (point: Point) => string;
  readonly noteOf: (point: Point) => string;
  /** throws an AbortError when the signal comes, since a trial cut short is none */
  readonly run: (point: Point, watch: Watch) => Promise<Trial>;
}

/**
 * Runs points one after the other, each once, and keeps the trials in a log.
 *
 * @returns those that are done, in the order of the points: an abort is no error
 * @throws InputError for a log that another run is writing
 */
export async function loggedTrials<Point, Trial extends Point>(
  all: readonly Point[],
  { keyOf, noteOf, run, signal, onProgress, log: path }: LoggedTrialsOptions<Point, Trial>,
): Promise<Trial[]> {
  const points = [...new Map(all.map((point) => [keyOf(point), point])).values()];
  const log = trialLog<Trial>(path);
  try {
    // a log that two runs once shared has trials twice: the first one counts
    const known = new Map([...log.rows].reverse().map((trial) => [keyOf(trial), trial]));
    for (const [k, point] of points.entries()) {
      const report = (within: number, what: string): void =>
        onProgress?.((k + within) / points.length, noteOf(point) + what);
      if (known.has(keyOf(point))) continue;
      await nextTurn(); // lets a signal in
      if (signal?.aborted) break;
      report(0, '');
      const watch = { ...(signal && { signal }), onProgress: (f: number, what: string) => report(f, `, ${what}`) };
      const trial = await run(point, watch).catch(unlessStopped);
      if (!trial) break;
      log.record(trial);
      known.set(keyOf(trial), trial);
      if (k === points.length - 1) report(1, '');
    }
    return points.flatMap((point) => known.get(keyOf(point)) ?? []);
  } finally {
    log.close();
  }
}

/** A trial that a signal has cut short is none. */
export function unlessStopped(error: unknown): null {
  if (error instanceof Error && error.name === 'AbortError') return null;
  throw error;
}
