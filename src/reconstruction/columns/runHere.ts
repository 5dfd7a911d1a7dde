import { nextTurn } from '../../nextTurn';
import { lastHops } from '../stack/lastHop/lastHops';
import type { SearchOrder, Working } from '../working';
import { type RoundResult, type SearchTask, searchRounds } from './searchRound';

/** Runs a computation in this thread: each round of search when its result is asked for, last hops one after the other. */
export function runHere<T>(working: Working<T>): T {
  const steps = inThisThread(working);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** Milliseconds after which others have a turn: a turn itself may take four in a browser. */
const turn = 50;

/** {@link runHere} with turns for others in between, where there are no threads: a page's worker hears that it is to stop. */
export async function runInTurns<T>(working: Working<T>): Promise<T> {
  const steps = inThisThread(working);
  let last = performance.now();
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (performance.now() - last < turn) continue;
    await nextTurn();
    last = performance.now();
  }
}

/** Hands control back where the computation does, and after each round of search. */
function* inThisThread<T>(working: Working<T>): Generator<void, T> {
  const waiting: SearchTask[] = [];
  let order: SearchOrder | undefined;
  let round: ((task: SearchTask) => RoundResult) | undefined;
  let step = working.next();
  while (!step.done) {
    const asked = step.value;
    yield;
    if (!asked) {
      step = working.next(null);
      continue;
    }
    if ('samples' in asked) {
      step = working.next(yield* inThisThread(lastHops(asked)));
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
