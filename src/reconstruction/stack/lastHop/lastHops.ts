import { join } from 'node:path';
import { Tinypool } from 'tinypool';
import type { HopOrder, Limit, Working } from '../../working';
import { type LastHop, lastHop } from './lastHop';
import type { LastHopTask } from './lastHopWorker';

/** Milliseconds between two looks at the limit while others work. */
const look = 100;

/** How {@link lastHops} begins. */
export interface LastHopsOptions {
  /** @default 0 */
  readonly seed?: number;
  /** starts of a sample at most. @default 6 */
  readonly starts?: number;
}

/** {@link lastHop} for each sample, with a seed of its own: first starts come first, then those that failed try again. */
export function* lastHops(
  { layers, samples, noise, limit }: HopOrder,
  { seed = 0, starts = 6 }: LastHopsOptions = {},
): Working<LastHop[]> {
  const found: LastHop[] = [];
  for (let start = 0; start < starts; start++)
    for (const m of unsolved(samples, found)) {
      if (start > 0 && limit.over()) return found;
      const hop = yield* lastHop(layers, samples[m], { noise, limit, seed: seed + m, start });
      keep(found, m, hop, limit);
    }
  return found;
}

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

function unsolved(samples: HopOrder['samples'], found: readonly LastHop[]): number[] {
  return [...samples.keys()].filter((m) => !found[m]?.solved);
}

/** The better of a sample's starts; rounds add up. */
function keep(found: LastHop[], m: number, hop: LastHop, limit: Limit): void {
  const before = found[m];
  const better = !before || hop.residual < before.residual ? hop : before;
  found[m] = { ...better, rounds: hop.rounds + (before?.rounds ?? 0) };
  const solved = found.filter((h) => h?.solved).length;
  limit.report(0.4 + (0.5 * solved) / found.length, `${solved} inputs found from their features`);
}
