import { lastHops } from '../stack/lastHop/lastHops';
import type { SearchOrder, Working } from '../working';
import { type RoundResult, type SearchTask, searchRounds } from './searchRound';

/** Runs a computation in this thread: each round of search when its result is asked for, last hops one after the other. */
export function runHere<T>(working: Working<T>): T {
  const waiting: SearchTask[] = [];
  let order: SearchOrder | undefined;
  let round: ((task: SearchTask) => RoundResult) | undefined;
  let step = working.next();
  while (!step.done) {
    const asked = step.value;
    if (!asked) {
      step = working.next(null);
      continue;
    }
    if ('samples' in asked) {
      step = working.next(runHere(lastHops(asked)));
      continue;
    }
    if (asked.space !== order?.space) {
      round = searchRounds(asked.space);
      waiting.length = 0; // rounds of a search that was given up
    }
    order = asked;
    waiting.push(...order.tasks);
    step = working.next((round as NonNullable<typeof round>)(waiting.shift() as SearchTask));
  }
  return step.value;
}
