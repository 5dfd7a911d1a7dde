import type { Watch } from '../types';
import type { LossSubspace } from './columns/lossSubspace';
import type { RoundResult, SearchTask } from './columns/searchRound';

/** Rounds still to be run, in this order; whoever drives the computation answers with the result of the oldest one not yet answered. */
export interface SearchOrder {
  readonly space: LossSubspace;
  readonly tasks: readonly SearchTask[];
}

/**
 * A computation that hands control back now and then: with rounds of search that can run elsewhere, or with null, so that its driver
 * can see a signal. See runHere and runParallel.
 */
export type Working<T> = Generator<SearchOrder | null, T, RoundResult | null>;

/** When a computation is to end. */
export interface Limit {
  /** why it is over, or null while it may go on */
  over(): string | null;
  /** hands control back if that is some time ago; true when it is over */
  breathe(): Working<boolean>;
}

/** Milliseconds of work without a look at the signal. */
const breath = 50;

/**
 * A limit that begins now.
 *
 * @param seconds until time is up
 */
export function limitOf(seconds: number, { signal }: Watch): Limit {
  const end = performance.now() + 1e3 * seconds;
  let last = performance.now();
  const over = (): string | null => {
    if (signal?.aborted) return 'it was stopped';
    return performance.now() >= end ? 'time was up' : null;
  };
  return {
    over,
    *breathe() {
      if (performance.now() - last > breath) {
        yield null;
        last = performance.now();
      }
      return over() !== null;
    },
  };
}

/** Never over. */
export const noLimit: Limit = limitOf(Number.POSITIVE_INFINITY, {});
