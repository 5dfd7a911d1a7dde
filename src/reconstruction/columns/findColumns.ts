import { column, dot, norm } from '../../math/matrix';
import { rng } from '../../math/rng';
import type { Watch } from '../../types';
import { deflation } from './deflation';
import type { LossSubspace } from './lossSubspace';
import { missingLabels } from './missingLabels';
import { acceptable, type LossColumn, polish } from './polish';
import type { RoundResult, SearchTask } from './searchRound';
import { straggler } from './stragglers';

/** Rounds still to be run, in this order; the caller answers with the result of the oldest one not yet answered. */
export interface SearchOrder {
  readonly space: LossSubspace;
  readonly tasks: readonly SearchTask[];
}

/** A computation that leaves its rounds of search to whoever drives it, see runHere and runParallel. */
export type Searching<T> = Generator<SearchOrder, T, RoundResult>;

/** A search for columns that can go on where it stopped. */
export interface ColumnSearch {
  /** the columns found so far, linearly independent; taking one out makes the search look again */
  readonly columns: LossColumn[];
  /** runs of the difference map */
  starts: number;
  /** runs that ended at a true column, repeats included */
  hits: number;
  /** goes on until there are as many columns as the rank, time is up or the signal stops it; true when all are found */
  run(): Searching<boolean>;
  /** why the search is over, before all columns were found; null while it may go on */
  over(): string | null;
  /** takes a column out for good: it will not be accepted again */
  reject(index: number): void;
}

/** How long to search and from which seed. */
export interface FindOptions extends Watch {
  readonly seed?: number;
  /** performance.now() at which to give up */
  readonly end: number;
  /** starts without a new column after which to give up, added to as many as it took to the last one. @default 3000 */
  readonly patience?: number;
}

/** Rounds under way at a time, whatever the number of threads: it decides what each round knows, hence the result. */
const ahead = 4;

/**
 * Searches for all columns of Delta: rounds of the difference map with one label each, labels that pay or are known to
 * be missing more often; the last few columns are guessed from the space left for them.
 *
 * @param known columns to begin with
 */
export function findColumns(space: LossSubspace, known: readonly LossColumn[], options: FindOptions): ColumnSearch {
  const { seed = 0, end, patience = 3000, signal, onProgress } = options;
  const uniform = rng(seed);
  const classes = space.head.columns > 2 ? space.head.columns : 1; // for K = 2 both labels have the same columns
  // a label that no loss vector has an entry for is in no sample
  const possible = Float64Array.from({ length: classes }, (_, y) => (norm(column(space.lossBasis, y)) > 1e-6 ? 1 : 0));
  const merit = possible.slice();
  const rejected: LossColumn[] = [];
  const state: ColumnSearch = { columns: [], starts: 0, hits: 0, run, over, reject };
  const { columns } = state;
  const underWay: number[] = []; // labels of the rounds not yet answered
  let idle = 0;
  let guessed = -1;
  let startsAtLast = 0;
  let left = deflation(space, []);
  for (const one of known) add(one);
  return state;

  function* run(): Searching<boolean> {
    guessed = -1;
    while (columns.length < space.rank && !over()) {
      const before = columns.length;
      const missing = space.rank - before;
      if (missing <= 2 && guessed !== before) {
        guessed = before;
        // with biases the last sample is known for sure; without, its sign is open
        guess(missing === 1 && space.biases ? 1 : 16);
      } else {
        const tasks: SearchTask[] = [];
        while (underWay.length < ahead) {
          const next = task();
          tasks.push(next);
          underWay.push(next.label);
        }
        const result = yield { space, tasks };
        underWay.shift();
        take(result);
      }
      if (columns.length > before) {
        startsAtLast = state.starts;
        onProgress?.(columns.length / space.rank, `${columns.length} of ${space.rank} samples located`);
      }
    }
    return columns.length === space.rank;
  }

  function over(): string | null {
    if (signal?.aborted) return 'it was stopped';
    if (performance.now() >= end) return 'time was up';
    const idleStarts = state.starts - startsAtLast;
    // in batches that came back whole the widest gap was 2600 starts, and half of those before it
    return idleStarts > patience + startsAtLast ? `${idleStarts} starts in a row found nothing new` : null;
  }

  function guess(times: number): void {
    const before = columns.length;
    for (let i = 0; i < times && columns.length === before; i++) {
      const q = straggler(space, left, uniform);
      const polished = q && polish(space, q);
      if (polished && acceptable(polished)) add(polished);
    }
  }

  function task(): SearchTask {
    const wanted = missingLabels(space, columns);
    // rounds with different labels find different columns, so those under way at a time do not find the same twice
    const open = merit.map((m, y) => (underWay.includes(y) ? 1e-6 : 1) * m * (0.1 + wanted[y]));
    return {
      label: weighted(open, uniform()),
      seed: Math.floor(uniform() * 2 ** 32),
      seededShare: columns.length > 0.7 * space.rank ? 0.6 : 0.25,
      alike: idle < 8 ? 0.99 : 0.999,
      known: columns.map((c) => c.q),
    };
  }

  function take({ label, columns: found, starts, hits }: RoundResult): void {
    const before = columns.length;
    state.starts += starts;
    state.hits += hits;
    for (const one of found) add(one);
    const fresh = columns.length - before;
    idle = fresh > 0 ? 0 : (idle + 1) % 40; // near-equal samples have near-equal columns: now and then look close by
    merit[label] = Math.max(0.05, 0.5 * merit[label] + 0.5 * Math.min(1, fresh / 2));
    if (merit.every((m) => m < 0.06)) merit.set(possible);
  }

  /**
   * True columns are independent, so one in the span of the others (for K = 2 the sum of two less a third can obey the
   * network) stays out: an independent set can always be completed, and repaired afterwards.
   */
  function add(found: LossColumn): void {
    const dependent = left.outside(found.q) < 1e-6 + 100 * found.expected;
    if (dependent || rejected.some(({ q }) => Math.abs(dot(q, found.q)) > 1 - 1e-6)) return;
    columns.push(found);
    deflate();
  }

  function reject(index: number): void {
    rejected.push(...columns.splice(index, 1));
    deflate();
  }

  function deflate(): void {
    left = deflation(
      space,
      columns.map((c) => c.q),
      left,
    );
  }
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
