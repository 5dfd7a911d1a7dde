import { norm, row } from '../../math/matrix';
import { normal, type Rng, rng } from '../../math/rng';
import { deflation } from '../columns/deflation';
import type { ColumnSearch, FindOptions } from '../columns/findColumns';
import type { LossSubspace } from '../columns/lossSubspace';
import { acceptable, type LossColumn, polish } from '../columns/polish';
import { pooled, sparsest } from '../columns/sparsest';
import { offAtEnds } from '../columns/stragglers';

/** Starts between two looks at whether all columns are found. */
const perRound = 8;

/**
 * A search for columns of summed deltas by their zeros alone, where no head says what their other entries are: from rows of U, which few
 * samples fire, from points that inputs may have, and from random vectors.
 */
export function freeSearch(
  space: LossSubspace,
  { seed = 0, limit, patience = 3000, onProgress }: FindOptions,
): FreeSearch {
  const uniform = rng(seed);
  const pool: LossColumn[] = [];
  const columns: LossColumn[] = [];
  let atLast = 0;
  const add = (found: LossColumn): boolean => {
    if (!acceptable(found) || !pooled(pool, found)) return false;
    const before = [...columns];
    columns.splice(0, Number.POSITIVE_INFINITY, ...sparsest(pool, space));
    return before.length !== columns.length || before.some((c, m) => c !== columns[m]);
  };
  const search: FreeSearch = {
    columns,
    starts: 0,
    hits: 0,
    offer: (found) => {
      for (const one of found) add(one);
    },
    over() {
      const idle = search.starts - atLast;
      return limit.over() ?? (idle > patience + atLast ? `${idle} starts in a row found nothing new` : null);
    },
    *again() {
      const known = columns.map((c) => c.q);
      let changed = false;
      for (let n = 0; n < perRound && !(yield* limit.breathe()); n++) {
        const start = startFrom(space, search.starts++, known, uniform);
        const column = start && polish(space, start, known);
        if (!column || !acceptable(column)) continue;
        search.hits++;
        changed = add(column) || changed;
      }
      if (changed) atLast = search.starts;
      return changed;
    },
    *run() {
      while (columns.length < space.rank && !search.over()) {
        yield* search.again();
        onProgress?.(columns.length / space.rank, `${columns.length} of ${space.rank} samples located`);
      }
      return columns.length === space.rank;
    },
  };
  return search;
}

/** What the pursuit of an update asks of a search. */
export type FreeSearch = Pick<ColumnSearch, 'columns' | 'starts' | 'hits' | 'offer' | 'over' | 'again' | 'run'>;

function startFrom(
  space: LossSubspace,
  count: number,
  known: readonly Float64Array[],
  uniform: Rng,
): Float64Array | null {
  if (count % 3 === 0) return offAtEnds(space, deflation(space, known.slice(0, space.rank - 1)).draw(uniform));
  const x =
    count % 3 === 1
      ? row(space.u, Math.floor(uniform() * space.u.rows)).slice()
      : Float64Array.from({ length: space.rank }, () => normal(uniform));
  const size = norm(x);
  return size > 0 ? x.map((v) => v / size) : null;
}
