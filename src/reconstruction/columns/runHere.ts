import type { SearchOrder, Working } from '../working';
import { type RoundResult, type SearchTask, searchRounds } from './searchRound';

/** Runs a computation with its rounds of search in this thread, each when its result is asked for. */
export function runHere<T>(working: Working<T>): T {
  const waiting: SearchTask[] = [];
  let order: SearchOrder | undefined;
  let round: ((task: SearchTask) => RoundResult) | undefined;
  let step = working.next();
  while (!step.done) {
    if (!step.value) {
      step = working.next(null);
      continue;
    }
    if (step.value.space !== order?.space) round = searchRounds(step.value.space);
    order = step.value;
    waiting.push(...order.tasks);
    step = working.next((round as NonNullable<typeof round>)(waiting.shift() as SearchTask));
  }
  return step.value;
}
