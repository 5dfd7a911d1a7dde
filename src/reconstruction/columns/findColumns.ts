import { column, dot, norm } from '../../math/matrix';
import { type Rng, rng } from '../../math/rng';
import type { Watch } from '../../types';
import type { Limit, Working } from '../working';
import { type Deflation, deflation } from './deflation';
import type { LossSubspace } from './lossSubspace';
import { missingLabels } from './missingLabels';
import { type Payoff, payoff } from './payoff';
import { acceptable, type LossColumn, polish } from './polish';
import type { RoundResult, SearchTask } from './searchRound';
import { pooled, sparsest } from './sparsest';
import { offAtEnds, straggler } from './stragglers';

/** A search for columns that can go on where it stopped. */
export interface ColumnSearch {
  /** the columns found so far, linearly independent; taking one out makes the search look again */
  readonly columns: LossColumn[];
  /** runs of the difference map */
  starts: number;
  /** runs that ended at a true column, repeats included */
  hits: number;
  /** goes on until there are as many columns as the rank, time is up or the signal stops it; true when all are found */
  run(): Working<boolean>;
  /** one more round, whether or not all columns are found; true when the columns changed */
  again(): Working<boolean>;
  /** takes these in as far as they are new */
  offer(columns: readonly LossColumn[]): void;
  /** why the search is over, before all columns were found; null while it may go on */
  over(): string | null;
  /** takes a column out for good: it will not be accepted again */
  reject(index: number): void;
}

/** How long to search and from which seed. */
export interface FindOptions extends Pick<Watch, 'onProgress'> {
  readonly seed?: number;
  readonly limit: Limit;
  /** starts without a new column after which to give up, added to as many as it took to the last one. @default 3000 */
  readonly patience?: number;
}

/** Samples missing up to which they are guessed from the space left for them, where the guess is a rough one: of many, and at most. */
const [fewMissing, mostMissing] = [0.25, 8];

/** Milliseconds after which a search that finds nothing says that it goes on. */
const silence = 500;

/** Rounds under way at a time, whatever the number of threads: it decides what each round knows, hence the result. */
const ahead = 4;

/**
 * Searches for all columns of Delta: rounds of the difference map with one label each, labels that pay or are known to
 * be missing more often; the last few columns are guessed from the space left for them.
 *
 * @param known columns to begin with
 */
export function findColumns(space: LossSubspace, known: readonly LossColumn[], options: FindOptions): ColumnSearch {
  const search = new Search(space, options);
  for (const one of known) search.add(one);
  return search;
}

class Search implements ColumnSearch {
  readonly columns: LossColumn[] = [];
  starts = 0;
  hits = 0;
  private readonly uniform: Rng;
  /** 1 for labels that some loss vector has an entry for: no other is in any sample */
  private readonly possible: Float64Array;
  /** how well rounds with a label have paid */
  private readonly merit: Float64Array;
  private readonly rejected: LossColumn[] = [];
  /** labels of the rounds not yet answered */
  private readonly underWay: number[] = [];
  private idle = 0;
  private guessed = -1;
  private startsAtLast = 0;
  private told = performance.now();
  private readonly payoff: Payoff;
  private left: Deflation;
  /** all that look like columns, where several steps leave it open which are true */
  private readonly pool: LossColumn[] = [];

  constructor(
    private readonly space: LossSubspace,
    private readonly options: FindOptions,
  ) {
    const classes = space.head.columns > 2 ? space.head.columns : 1; // for K = 2 both labels have the same columns
    const shown = (y: number): boolean => norm(column(space.lossBasis, y)) > 1e-6;
    this.possible = Float64Array.from({ length: classes }, (_, y) => (shown(y) ? 1 : 0));
    this.merit = this.possible.slice();
    this.uniform = rng(options.seed ?? 0);
    this.left = deflation(space, []);
    const inputs = space.box ? space.v.columns - 1 : 0;
    this.payoff = payoff(
      space.biases && space.activation.kind === 'relu' && !space.ends && classes > 2,
      1 + inputs / space.u.rows,
    );
  }

  *run(): Working<boolean> {
    const { space, columns } = this;
    this.guessed = -1;
    while (columns.length < space.rank && !this.over()) {
      const before = columns.length;
      if (space.ends) {
        if (!(yield* this.again()) || columns.length <= before) continue;
      }
      const missing = space.rank - before;
      if (missing <= 2 && this.guessed !== before) {
        this.guessed = before;
        // with biases the last sample is known for sure; without, its sign is open
        this.guess(missing === 1 && space.biases ? 1 : 16);
      } else yield* this.search();
      if (columns.length === before) continue;
      this.startsAtLast = this.starts;
      this.tell();
    }
    return columns.length === space.rank;
  }

  *again(): Working<boolean> {
    const before = [...this.columns];
    yield* this.search();
    const { rank } = this.space;
    const missing = rank - this.columns.length;
    if (rank <= mostMissing || missing <= Math.min(mostMissing, fewMissing * rank)) this.guessOff();
    const changed = before.length !== this.columns.length || before.some((c, m) => c !== this.columns[m]);
    if (changed) this.startsAtLast = this.starts;
    return changed;
  }

  offer(columns: readonly LossColumn[]): void {
    for (const column of columns) if (acceptable(column)) this.add(column);
  }

  over(): string | null {
    const { limit, patience = 3000 } = this.options;
    const over = limit.over();
    if (over) return over;
    const idleStarts = this.starts - this.startsAtLast;
    // in batches that came back whole the widest gap was 2600 starts, and half of those before it
    return idleStarts > patience + this.startsAtLast ? `${idleStarts} starts in a row found nothing new` : null;
  }

  /**
   * True columns are independent, so one in the span of the others (for K = 2 the sum of two less a third can obey the
   * network) stays out: an independent set can always be completed, and repaired afterwards.
   */
  add(found: LossColumn): void {
    if (this.space.ends) {
      this.addPooled(found);
      return;
    }
    if (this.columns.length >= this.space.rank) return; // replaced ones may be dependent
    const dependent = this.left.outside(found.q) < 1e-6 + 100 * found.expected;
    if (dependent || this.rejected.some(({ q }) => Math.abs(dot(q, found.q)) > 1 - 1e-6)) return;
    this.columns.push(found);
    this.deflate();
  }

  reject(index: number): void {
    this.rejected.push(...this.columns.splice(index, 1));
    this.deflate();
  }

  /** The sparsest independent set of the pool: sums of true columns have fewer zeros, so they leave as soon as the true ones are in. */
  private addPooled(found: LossColumn): void {
    if (!pooled(this.pool, found)) return;
    this.columns.splice(0, Number.POSITIVE_INFINITY, ...sparsest(this.pool, this.space));
    this.deflate();
  }

  /** Samples that the space left to them may hold: those off both before and after are off throughout, for the most part. */
  private guessOff(): void {
    const left = deflation(this.space, this.trusted());
    for (let i = 0; i < 8; i++) {
      const q = offAtEnds(this.space, left.draw(this.uniform));
      if (q && this.columns.every((c) => Math.abs(dot(c.q, q)) < 0.999)) {
        const column = polish(
          this.space,
          q,
          this.columns.map((c) => c.q),
        );
        if (column) this.offer([column]);
      }
    }
  }

  /** Columns but for some of the least sparse ones, which may be false. */
  private trusted(): Float64Array[] {
    const { columns, space, uniform } = this;
    const doubted = [0, 1, 2, 4][Math.floor(4 * uniform())] as number;
    return columns.slice(0, Math.max(0, Math.min(columns.length - doubted, space.rank - 1))).map((c) => c.q);
  }

  private guess(times: number): void {
    const { space, columns } = this;
    const before = columns.length;
    for (let i = 0; i < times && columns.length === before; i++) {
      const near = straggler(space, this.left, this.uniform);
      const polished = near && polish(space, near.q, [], near.u);
      if (polished && acceptable(polished)) this.add(polished);
    }
  }

  /** Keeps some rounds under way and takes the result of the oldest. */
  private *search(): Working<void> {
    const tasks: SearchTask[] = [];
    while (this.underWay.length < ahead) {
      const next = this.task();
      tasks.push(next);
      this.underWay.push(next.label);
    }
    const result = (yield { space: this.space, tasks }) as RoundResult;
    this.underWay.shift();
    this.take(result);
  }

  private task(): SearchTask {
    const { space, columns, underWay, uniform } = this;
    const wanted = missingLabels(space, columns);
    // rounds with different labels find different columns, so those under way at a time do not find the same twice
    const open = this.merit.map((m, y) => (underWay.includes(y) ? 1e-6 : 1) * m * (0.1 + wanted[y]));
    return {
      label: weighted(open, uniform()),
      seed: Math.floor(uniform() * 2 ** 32),
      seededShare: columns.length > 0.7 * space.rank ? 0.6 : 0.25,
      alike: this.idle < 8 ? 0.99 : 0.999,
      joint: this.payoff.next(columns.length / space.rank),
      known: columns.map((c) => c.q),
      ...(space.ends && { trusted: this.trusted(), guide: this.guide() }),
    };
  }

  /** Somewhere between the two ends, more often in the middle; the median of five is Beta(3, 3). */
  private guide(): { at: number; slack: number } {
    const { uniform } = this;
    const [, , at] = Array.from({ length: 5 }, uniform).sort((a, b) => a - b);
    return { at: at as number, slack: [0.1, 0.2, 0.2, 0.4][Math.floor(4 * uniform())] as number };
  }

  /** Says how far it is: when it has found something, and now and then when it has not. */
  private tell(): void {
    const { columns, space, starts } = this;
    this.told = performance.now();
    this.options.onProgress?.(
      columns.length / space.rank,
      `${columns.length} of ${space.rank} samples located, ${starts} starts`,
    );
  }

  private take({ label, joint, columns: found, starts, hits }: RoundResult): void {
    const { merit } = this;
    const before = this.columns.length;
    this.starts += starts;
    this.hits += hits;
    this.payoff.take(joint, starts, hits);
    if (performance.now() - this.told > silence) this.tell();
    for (const one of found) this.add(one);
    const fresh = this.columns.length - before;
    this.idle = fresh > 0 ? 0 : (this.idle + 1) % 40; // near-equal samples have near-equal columns: now and then look close by
    merit[label] = Math.max(0.05, 0.5 * merit[label] + 0.5 * Math.min(1, fresh / 2));
    if (merit.every((m) => m < 0.06)) merit.set(this.possible);
  }

  private deflate(): void {
    this.left = deflation(
      this.space,
      this.columns.map((c) => c.q),
      this.left,
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
