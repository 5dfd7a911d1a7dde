import { check } from '../check';
import { nextTurn } from '../nextTurn';
import type { Ended, RivalOptions } from './estimate';

/** Time and signal of a rival, and a turn for others while it works. */
export interface Budget {
  /** since its start */
  seconds(): number;
  /** the part of the time that is over, in [0, 1] */
  spent(): number;
  /**
   * Called after each small piece of work: reports progress and lets signals in, at most every 50 ms.
   *
   * @param fraction of the work that is done; the part of the time that is over counts where it is more
   * @returns why to end now, or null to go on
   */
  turn(fraction: number, note: string): Promise<Extract<Ended, 'time' | 'signal'> | null>;
}

/** Milliseconds of work without a look at the signal. */
const breath = 50;

/**
 * A budget that begins now.
 *
 * @param caller opens the messages
 * @throws InputError for a time that is not positive
 */
export function budgetOf(caller: string, { seconds: most = 60, signal, onProgress }: RivalOptions): Budget {
  check(most > 0, () => `${caller}: seconds is ${most}, expected a positive number`);
  const start = performance.now();
  let last = start;
  const seconds = (): number => (performance.now() - start) / 1e3;
  const spent = (): number => Math.min(1, seconds() / most);
  return {
    seconds,
    spent,
    async turn(fraction, note) {
      if (performance.now() - last > breath) {
        onProgress?.(Math.max(fraction, spent()), note);
        await nextTurn();
        last = performance.now();
      }
      if (signal?.aborted) return 'signal';
      return seconds() >= most ? 'time' : null;
    },
  };
}
