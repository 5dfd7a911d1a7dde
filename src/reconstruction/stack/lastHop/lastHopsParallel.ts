import { join } from 'node:path';
import { Tinypool } from 'tinypool';
import type { HopOrder } from '../../working';
import type { LastHop } from './lastHop';
import { keep, type LastHopsOptions, unsolved } from './lastHops';
import type { LastHopTask } from './lastHopWorker';

/** Milliseconds between two looks at the limit while others work. */
const look = 100;

/**
 * {@link lastHops} in worker threads, a sample at a time: the same answer for any number of them, unless time runs out, which
 * leaves estimates.
 */
export async function lastHopsParallel(
  { layers, samples, noise, limit }: HopOrder,
  workers: number,
  { seed = 0, starts = 6 }: LastHopsOptions = {},
): Promise<LastHop[]> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const timer = setInterval(() => {
    if (limit.over()) Atomics.store(stop, 0, 1);
  }, look);
  const pool = new Tinypool({ filename: join(__dirname, 'lastHopWorker.js'), minThreads: 1, maxThreads: workers });
  const found: LastHop[] = [];
  try {
    for (let start = 0; start < starts && !(start > 0 && limit.over()); start++)
      await Promise.all(
        unsolved(samples, found).map(async (m) => {
          const options = { noise, seed: seed + m, start };
          const task: LastHopTask = { layers, features: samples[m], options, stop };
          keep(found, m, (await pool.run(task)) as LastHop, limit);
        }),
      );
    return found;
  } finally {
    clearInterval(timer);
    await pool.destroy();
  }
}
