import { join } from 'node:path';
import { Tinypool } from 'tinypool';
import type { Layer } from '../../../types';
import type { Limit, Working } from '../../working';
import { type LastHop, type LastHopOptions, lastHop } from './lastHop';
import type { LastHopTask } from './lastHopWorker';

/** Options of {@link lastHopsParallel}. */
export interface ParallelOptions extends Omit<LastHopOptions, 'limit'> {
  /** number of threads */
  readonly workers: number;
  /** until time is up. @default for ever */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

/** Milliseconds that a timer can wait at most. */
const longest = 2 ** 31 - 1;

/** {@link lastHop} for one sample after the other, each with a seed of its own: one sample's features a row. */
export function* lastHops(
  layers: readonly Layer[],
  samples: readonly Float64Array[],
  { seed = 0, ...options }: LastHopOptions & { readonly limit: Limit },
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
  layers: readonly Layer[],
  samples: readonly Float64Array[],
  { workers, seconds = Number.POSITIVE_INFINITY, signal, seed = 0, ...options }: ParallelOptions,
): Promise<LastHop[]> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const end = (): void => {
    Atomics.store(stop, 0, 1);
  };
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  const timer = seconds < longest / 1e3 ? setTimeout(end, 1e3 * seconds) : undefined;
  const pool = new Tinypool({ filename: join(__dirname, 'lastHopWorker.js'), minThreads: 1, maxThreads: workers });
  try {
    const tasks = samples.map((features, m): LastHopTask => {
      return { layers, features, options: { ...options, seed: seed + m }, stop };
    });
    return await Promise.all(tasks.map((task) => pool.run(task) as Promise<LastHop>));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    await pool.destroy();
  }
}
