import { check } from '../check';
import type { Budget } from './budget';
import type { Ended, Estimate, LossPoint } from './estimate';
import type { Move, Point } from './optimiser';

/** Where a search stands, as plain data: what a later call needs to go on as if nothing had happened. */
export interface SearchState {
  readonly attack: string;
  /** number of the random start, and its iterations so far */
  readonly start: number;
  readonly iteration: number;
  /** the optimiser's memory; null before a start has begun */
  readonly memory: Point | null;
  /** the guess of least loss over all starts */
  readonly best: { readonly x: Float64Array; readonly loss: number } | null;
  readonly history: readonly LossPoint[];
  readonly seconds: number;
}

/** An estimate that was found by making a loss small, and where the search for it stands. */
export interface Optimised extends Estimate {
  /** of `inputs`, the least of all */
  readonly loss: number;
  /** `resume` of a later call with the same options goes on from here */
  readonly state: SearchState;
}

/** What an attack searches with. */
export interface SearchPlan<Memory extends Point> {
  readonly attack: string;
  /** numbers of a guess */
  readonly entries: number;
  /** of one start */
  readonly iterations: number;
  /** random starts at most */
  readonly starts: number;
  /** a loss at which nothing more is to be done */
  readonly enough: number;
  /** a loss after which no other start is tried. @default enough */
  readonly content?: number;
  /** noted losses of a start, above `content`, in which it must fall by a tenth, or it is given up. @default endless */
  readonly patience?: number;
  /** the memory of a start, evaluated */
  readonly begin: (start: number) => Memory;
  readonly advance: (memory: Memory) => Move;
  /** called with the best guess so far, at most every 50 ms */
  readonly onBest?: ((x: Float64Array) => void) | undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Losses kept of one start. */
const POINTS = 300;

/**
 * Searches from one random start after the other and keeps the best guess of all, until its time is over or it is stopped.
 *
 * @throws InputError when `resume` is another attack's, or of a batch of another size
 */
export async function search<Memory extends Point>(
  plan: SearchPlan<Memory>,
  budget: Budget,
  resume?: SearchState,
): Promise<{ state: SearchState; ended: Ended }> {
  check(
    resume === undefined || resume.attack === plan.attack,
    () => `${plan.attack}: resume is the state of ${resume?.attack}, expected one of ${plan.attack}`,
  );
  const numbers = resume?.best?.x.length ?? plan.entries;
  check(
    numbers === plan.entries,
    () => `${plan.attack}: resume has a guess of ${numbers} numbers, expected ${plan.entries} for these options`,
  );
  const state: Writable<SearchState> = structuredClone(resume ?? freshState(plan.attack));
  const before = state.seconds;
  for (;;) {
    const ended = await descend(plan, state, budget, before);
    state.seconds = before + budget.seconds();
    const content = (state.best?.loss ?? Number.POSITIVE_INFINITY) <= (plan.content ?? plan.enough);
    if (ended === 'time' || ended === 'signal' || content || state.start + 1 >= plan.starts) return { state, ended };
    Object.assign(state, { start: state.start + 1, iteration: 0, memory: null });
  }
}

/** Before the first start. */
export function freshState(attack: string): SearchState {
  return { attack, start: 0, iteration: 0, memory: null, best: null, history: [], seconds: 0 };
}

/** One start, to its end. */
async function descend<Memory extends Point>(
  plan: SearchPlan<Memory>,
  state: Writable<SearchState>,
  budget: Budget,
  before: number,
): Promise<Ended> {
  const every = Math.ceil(plan.iterations / POINTS);
  const memory = (state.memory ?? plan.begin(state.start)) as Memory;
  const note = (): void => {
    const { iteration, history } = state;
    state.history = [...history, { iteration, seconds: before + budget.seconds(), loss: memory.loss }];
  };
  let [shown, at] = [state.best, performance.now()];
  const keep = (): void => {
    if (memory.loss < (state.best?.loss ?? Number.POSITIVE_INFINITY))
      state.best = { x: memory.x.slice(), loss: memory.loss };
    if (!plan.onBest || !state.best || shown === state.best || performance.now() - at < 50) return;
    plan.onBest(state.best.x);
    [shown, at] = [state.best, performance.now()];
  };
  if (state.memory === null) {
    state.memory = memory;
    keep();
    note();
  }
  while (state.iteration < plan.iterations) {
    const move = plan.advance(memory);
    keep();
    if (move !== 'moved') {
      state.iteration++;
      if (state.iteration % every === 0 || state.iteration === plan.iterations || move === 'converged') note();
    }
    if (move === 'converged' || memory.loss <= plan.enough) return 'converged';
    if (!Number.isFinite(memory.loss) || stuck(plan, state, every)) return 'diverged';
    const done = (state.start + state.iteration / plan.iterations) / plan.starts;
    const over = await budget.turn(done, `${plan.attack}: loss ${state.best?.loss.toExponential(1)}`);
    if (over) return over;
  }
  return 'iterations';
}

/** Whether a start has not fallen by a tenth as long as patience lasts. */
function stuck<Memory extends Point>(
  { patience = Number.POSITIVE_INFINITY, content, enough }: SearchPlan<Memory>,
  { history, iteration }: SearchState,
  every: number,
): boolean {
  if (iteration < patience * every) return false;
  const [then, now] = [history.at(-1 - patience) as LossPoint, history.at(-1) as LossPoint];
  return now.loss > Math.max(0.9 * then.loss, content ?? enough);
}
