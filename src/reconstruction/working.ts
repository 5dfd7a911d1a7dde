import type { Layer, Watch } from '../types';
import type { LossSubspace } from './columns/lossSubspace';
import type { RoundResult, SearchTask } from './columns/searchRound';
import type { LastHop } from './stack/lastHop/lastHop';

/** Rounds still to be run, in this order; whoever drives the computation answers with the result of the oldest one not yet answered. */
export interface SearchOrder {
  readonly space: LossSubspace;
  readonly tasks: readonly SearchTask[];
}

/** Last hops still to be made, which can run elsewhere; whoever drives the computation answers with all of them. */
export interface HopOrder {
  readonly layers: readonly Layer[];
  /** what leaves the layers, one sample each */
  readonly samples: readonly Float64Array[];
  /** norm of the features' error, relative to theirs */
  readonly noise: number;
  readonly limit: Limit;
}

/**
 * A computation that hands control back now and then: with rounds of search or last hops that can run elsewhere, or with null, so that its driver
 * can see a signal. See runHere and runParallel.
 */
export type Working<T> = Generator<SearchOrder | HopOrder | null, T, RoundResult | readonly LastHop[] | null>;

/** When a computation is to end. */
export interface Limit {
  /** why it is over, or null while it may go on */
  over(): string | null;
  /** hands control back if that is some time ago; true when it is over */
  breathe(): Working<boolean>;
  /** tells how far the work is: a fraction in [0, 1] and a short note */
  report(fraction: number, note: string): void;
}

/** Milliseconds of work without a look at the signal. */
const breath = 50;

/**
 * A limit that begins now.
 *
 * @param seconds until time is up
 */
export function limitOf(seconds: number, { signal, onProgress }: Watch): Limit {
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
    report: (fraction, note) => onProgress?.(fraction, note),
  };
}

/** Steps that can be left between two of them, taken as long as the limit allows; null when it is over before the last. */
export function* within<T>(limit: Limit, steps: Generator<void, T>): Working<T | null> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (yield* limit.breathe()) return null;
  }
}

/** Never over. */
export const noLimit: Limit = limitOf(Number.POSITIVE_INFINITY, {});
