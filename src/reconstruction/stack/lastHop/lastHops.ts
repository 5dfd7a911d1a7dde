import type { HopOrder, Limit, Working } from '../../working';
import { type LastHop, lastHop } from './lastHop';

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

/** Samples whose input is still open. */
export function unsolved(samples: HopOrder['samples'], found: readonly LastHop[]): number[] {
  return [...samples.keys()].filter((m) => !found[m]?.solved);
}

/** The better of a sample's starts; rounds add up. */
export function keep(found: LastHop[], m: number, hop: LastHop, limit: Limit): void {
  const before = found[m];
  const better = !before || hop.residual < before.residual ? hop : before;
  found[m] = { ...better, rounds: hop.rounds + (before?.rounds ?? 0) };
  const solved = found.filter((h) => h?.solved).length;
  limit.report(0.4 + (0.5 * solved) / found.length, `${solved} inputs found from their features`);
}
