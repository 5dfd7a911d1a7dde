import { join } from 'node:path';
import { Tinypool } from 'tinypool';
import { nextTurn } from '../../nextTurn';
import { lastHopsParallel } from '../stack/lastHop/lastHopsParallel';
import { untilAborted } from '../untilAborted';
import { hasThreads } from '../workers';
import type { Working } from '../working';
import type { LossSubspace } from './lossSubspace';
import { runInTurns } from './runHere';
import type { RoundResult } from './searchRound';
import type { WorkerTask } from './searchWorker';

/**
 * Runs a computation with its rounds of search, and its last hops, in worker threads. Results are handed back in the order of the tasks,
 * whichever comes first, so the computation cannot tell how many workers there are; where there are no threads it runs here.
 */
export async function runParallel<T>(working: Working<T>, workers: number, signal?: AbortSignal): Promise<T> {
  if (!hasThreads()) return runInTurns(working);
  let pool: Tinypool | undefined;
  let shared: LossSubspace | undefined;
  let last: LossSubspace | undefined;
  let search = 0;
  const waiting: Promise<RoundResult>[] = [];
  try {
    let step = working.next();
    while (!step.done) {
      if (!step.value) {
        await nextTurn(); // lets a signal through
        step = working.next(null);
        continue;
      }
      if ('samples' in step.value) {
        step = working.next(await lastHopsParallel(step.value, workers));
        continue;
      }
      const { space, tasks } = step.value;
      pool ??= new Tinypool({ filename: join(__dirname, 'searchWorker.js'), minThreads: workers, maxThreads: workers });
      if (space !== last) {
        shared = inSharedMemory(space);
        search++;
        waiting.length = 0; // rounds of a search that was given up
      }
      last = space;
      for (const task of tasks) {
        const run = pool.run({ search, space: shared, task } as WorkerTask) as Promise<RoundResult>;
        run.catch(() => undefined); // a round nobody waits for any more may end with the pool
        waiting.push(run);
      }
      step = working.next(await untilAborted(waiting.shift() as Promise<RoundResult>, signal, nothing));
    }
    return step.value;
  } finally {
    await pool?.destroy();
  }
}

/** The result of a round that is given up: the computation then sees the signal itself. */
const nothing = (): RoundResult => ({ label: 0, joint: false, columns: [], starts: 0, hits: 0 });

/** A copy with all numbers in shared memory. */
function inSharedMemory<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    const bytes = new SharedArrayBuffer(value.byteLength);
    const Typed = value.constructor as new (buffer: SharedArrayBuffer) => typeof value & Float64Array;
    const copy = new Typed(bytes);
    copy.set(value as unknown as Float64Array);
    return copy;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inSharedMemory) as T;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, inSharedMemory(v)])) as T;
}
