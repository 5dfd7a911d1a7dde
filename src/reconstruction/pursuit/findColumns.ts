import { dot } from '../../math/matrix';
import { rng } from '../../math/rng';
import type { Watch } from '../../types';
import { type Deflation, deflation } from './deflation';
import { differenceMap } from './differenceMap';
import type { LossSubspace } from './lossSubspace';
import { type LossColumn, labelOf, polish } from './polish';
import { randomStart, seededStart } from './starts';

/** What the search found. */
export interface FoundColumns {
  readonly columns: LossColumn[];
  /** runs of the difference map */
  readonly starts: number;
  /** runs that ended at a true column, repeats included */
  readonly hits: number;
}

/** How long to search and from which seed. */
export interface FindOptions extends Watch {
  readonly seed?: number;
  readonly seconds?: number;
}

/**
 * Searches until there are as many columns as the rank, or time is up. Labels that pay are tried more often.
 */
export function findColumns(space: LossSubspace, options: FindOptions): FoundColumns {
  const { seed = 0, seconds = 60, signal, onProgress } = options;
  const end = performance.now() + 1e3 * seconds;
  const uniform = rng(seed);
  const search = differenceMap(space);
  const classes = space.head.columns > 2 ? space.head.columns : 1;
  const merit = new Float64Array(classes).fill(1);
  const columns: LossColumn[] = [];
  let starts = 0;
  let hits = 0;
  let left: Deflation = deflation(space, []);
  while (columns.length < space.rank && performance.now() < end && !signal?.aborted) {
    if (left.found !== columns.length)
      left = deflation(
        space,
        columns.map((c) => c.q),
      );
    const label = weighted(merit, uniform());
    const seededShare = columns.length > 0.7 * space.rank ? 0.6 : 0.25;
    const ends = search(
      label,
      () => {
        starts++;
        return uniform() < seededShare ? seededStart(space, label, left, uniform) : randomStart(space, label, uniform);
      },
      { steps: 400 },
    );
    let fresh = 0;
    for (const { q } of ends) {
      if (columns.some((c) => Math.abs(dot(c.q, q)) > 0.999)) {
        hits++;
        continue;
      }
      const column = polish(space, q);
      if (!column || !acceptable(column) || columns.length === space.rank) continue;
      hits++;
      if (columns.some((c) => Math.abs(dot(c.q, column.q)) > 1 - 1e-6)) continue;
      columns.push(column);
      fresh++;
    }
    merit[label] = Math.max(0.05, 0.5 * (merit[label] as number) + 0.5 * Math.min(1, fresh / 2));
    if (merit.every((m) => m < 0.06)) merit.fill(1);
    onProgress?.(columns.length / space.rank, `${columns.length} of ${space.rank} columns`);
  }
  return { columns, starts, hits };
}

/** Enough zeros, a loss vector, and no more misfit than the noise explains. */
function acceptable({ g, surplus, misfit, expected }: LossColumn): boolean {
  const limit = Math.min(1e-2, 1e-10 + 20 * expected);
  return surplus >= 4 && misfit < limit && labelOf(g, 0.02 + 10 * limit) !== null;
}

function weighted(weights: Float64Array, u: number): number {
  let rest = u * weights.reduce((sum, w) => sum + w, 0);
  for (let i = 0; i < weights.length; i++) {
    rest -= weights[i] as number;
    if (rest < 0) return i;
  }
  return weights.length - 1;
}
