import { dot } from '../../math/matrix';
import { type Rng, rng } from '../../math/rng';
import type { Watch } from '../../types';
import { acceptable } from './acceptable';
import { type Deflation, deflation } from './deflation';
import { type Candidate, differenceMap, type Search } from './differenceMap';
import type { LossSubspace } from './lossSubspace';
import { missingLabels } from './missingLabels';
import { type LossColumn, polish } from './polish';
import { randomStart, seededStart } from './starts';
import { straggler } from './stragglers';

/** A search for columns that can go on where it stopped. */
export interface ColumnSearch {
  /** the columns found so far; taking one out makes the search look again */
  readonly columns: LossColumn[];
  /** runs of the difference map */
  starts: number;
  /** runs that ended at a true column, repeats included */
  hits: number;
  /** goes on until there are as many columns as the rank, time is up or the signal stops it; true when all are found */
  run(): boolean;
  /** takes a column out for good: it will not be accepted again */
  reject(index: number): void;
}

/** How long to search and from which seed. */
export interface FindOptions extends Watch {
  readonly seed?: number;
  /** performance.now() at which to give up */
  readonly end: number;
}

const stepsPerRound = 400;

/**
 * Searches for all columns of Delta: rounds of the difference map with one label each, labels that pay or are known to
 * be missing more often; the last few columns are guessed from the space left for them.
 *
 * @param known columns to begin with
 */
export function findColumns(space: LossSubspace, known: readonly LossColumn[], options: FindOptions): ColumnSearch {
  const { seed = 0, end, signal, onProgress } = options;
  const uniform = rng(seed);
  const classes = space.head.columns > 2 ? space.head.columns : 1; // for K = 2 both labels have the same columns
  const merit = new Float64Array(classes).fill(1);
  const rejected: LossColumn[] = [];
  const state: ColumnSearch = { columns: [], starts: 0, hits: 0, run, reject };
  let search: Search | undefined;
  let idle = 0;
  let left = deflation(space, []);
  for (const column of known) add(column);
  return state;

  function run(): boolean {
    let guessed = -1;
    search ??= differenceMap(space);
    const { columns } = state;
    while (columns.length < space.rank && performance.now() < end && !signal?.aborted) {
      const before = columns.length;
      const missing = space.rank - before;
      if (missing <= 2 && guessed !== before) {
        guessed = before;
        guess(missing === 1 ? 1 : 16);
      } else round(search);
      if (columns.length > before)
        onProgress?.(columns.length / space.rank, `${columns.length} of ${space.rank} samples located`);
    }
    return columns.length === space.rank;
  }

  function guess(times: number): void {
    const before = state.columns.length;
    for (let i = 0; i < times && state.columns.length === before; i++) {
      const q = straggler(space, left, uniform);
      if (q) consider(q);
    }
  }

  function round(search: Search): void {
    const { columns } = state;
    const wanted = missingLabels(space, columns);
    const label = weighted(
      merit.map((m, y) => m * (0.1 + (wanted[y] as number))),
      uniform(),
    );
    const seededShare = columns.length > 0.7 * space.rank ? 0.6 : 0.25;
    const start = () => startOf(space, label, left, uniform() < seededShare, uniform);
    const { candidates, repeats, starts } = search(
      label,
      start,
      columns.map((c) => c.q),
      { steps: stepsPerRound, alike: idle < 8 ? 0.95 : 0.999 },
    );
    const before = columns.length;
    state.starts += starts;
    state.hits += repeats + candidates.filter(({ q }: Candidate) => consider(q)).length;
    const fresh = columns.length - before;
    idle = fresh > 0 ? 0 : (idle + 1) % 40; // near-equal samples have near-equal columns: now and then look close by
    merit[label] = Math.max(0.05, 0.5 * (merit[label] as number) + 0.5 * Math.min(1, fresh / 2));
    if (merit.every((m) => m < 0.06)) merit.fill(1);
  }

  /** True when q leads to a true column, new or not. */
  function consider(q: Float64Array): boolean {
    if (state.columns.some((c) => Math.abs(dot(c.q, q)) > 0.999)) return true;
    const column = polish(space, q);
    if (!column || !acceptable(column)) return false;
    add(column);
    return true;
  }

  /**
   * True columns are independent, so one in the span of the others (for K = 2 the sum of two less a third can obey the
   * network) stays out: an independent set can always be completed, and repaired afterwards.
   */
  function add(column: LossColumn): void {
    const dependent = left.outside(column.q) < 1e-6 + 100 * column.expected;
    if (dependent || rejected.some(({ q }) => Math.abs(dot(q, column.q)) > 1 - 1e-6)) return;
    state.columns.push(column);
    deflate();
  }

  function deflate(): void {
    left = deflation(
      space,
      state.columns.map((c) => c.q),
    );
  }

  function reject(index: number): void {
    rejected.push(...state.columns.splice(index, 1));
    deflate();
  }
}

function startOf(space: LossSubspace, label: number, left: Deflation, seeded: boolean, uniform: Rng) {
  return seeded ? seededStart(space, label, left, uniform) : randomStart(space, label, uniform);
}

/** An index, each as likely as its weight. */
function weighted(weights: Float64Array, u: number): number {
  let rest = u * weights.reduce((sum, w) => sum + w, 0);
  const index = weights.findIndex((w) => {
    rest -= w;
    return rest < 0;
  });
  return index < 0 ? weights.length - 1 : index;
}
