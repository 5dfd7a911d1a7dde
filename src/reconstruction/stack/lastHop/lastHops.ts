import { join } from 'node:path';
import { Tinypool } from 'tinypool';
import type { Layer } from '../../../types';
import type { HopOrder, Working } from '../../working';
import { type LastHop, type LastHopOptions, lastHop } from './lastHop';
import type { LastHopTask } from './lastHopWorker';

/** Milliseconds between two looks at the limit while others work. */
const look = 100;

/** {@link lastHop} for one sample after the other, each with a seed of its own: one sample's features a row. */
export function* lastHops(
  layers: readonly Layer[],
  samples: readonly Float64Array[],
  { seed = 0, ...options }: LastHopOptions,
): Working<LastHop[]> {
  const found: LastHop[] = [];
  for (const [m, features] of samples.entries())
    found.push(yield* lastHop(layers, features, { ...options, seed: seed + m }));
  return found;
}

/**
 * {@link lastHops} in worker threads, a sample at a time: the same answer for any number of them, unless time runs out, which
 * leaves estimates.
 */
export async function lastHopsParallel(
  { layers, samples, noise, limit }: HopOrder,
  workers: number,
  options: Pick<LastHopOptions, 'seed' | 'starts'> = {},
): Promise<LastHop[]> {
  const { seed = 0 } = options;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const timer = setInterval(() => {
    if (limit.over()) Atomics.store(stop, 0, 1);
  }, look);
  const pool = new Tinypool({ filename: join(__dirname, 'lastHopWorker.js'), minThreads: 1, maxThreads: workers });
  try {
    const tasks = samples.map((features, m): LastHopTask => {
      return { layers, features, options: { ...options, noise, seed: seed + m }, stop };
    });
    return await Promise.all(tasks.map((task) => pool.run(task) as Promise<LastHop>));
  } finally {
    clearInterval(timer);
    await pool.destroy();
  }
}
