import { batchSizes, miniBatches } from '../../gradient/localUpdate';
import { row } from '../../math/matrix';
import type { Limit, Working } from '../working';
import type { OrderProblem } from './findOrder';
import type { LocalState } from './localReplay';

/** Swaps tried before giving up. */
const most = 10000;

/**
 * The order of mini-batches where too few neurons bear witness: from a random one, two samples of an epoch change places whenever the
 * replay then comes nearer to the deltas that the update shows. The right order leaves their noise, and nothing else does (method 12).
 *
 * @returns samples of each step, or null when none was found that fits
 */
export function* swapOrder(problem: OrderProblem, limit: Limit): Working<number[][] | null> {
  const { training, samples } = problem;
  const perEpoch = batchSizes(samples.length, training.batchSize).length;
  if (perEpoch === 1) return null;
  let tries = 0;
  for (let start = 0; tries < most; start++) {
    const parts = miniBatches(samples.length, training, start).map((part) => part.map((k) => samples[k]));
    let cost = misfit(problem, after(problem, parts, 0, problem.replay.start));
    for (let before = Number.POSITIVE_INFINITY; cost < before; ) {
      before = cost;
      let state = problem.replay.start;
      for (let a = 0; a < parts.length; a++) {
        const end = (Math.floor(a / perEpoch) + 1) * perEpoch;
        for (let b = a + 1; b < end; b++)
          for (let i = 0; i < parts[a].length; i++)
            for (let j = 0; j < parts[b].length; j++) {
              if (++tries > most || (yield* limit.breathe())) return null;
              swap(parts, [a, i], [b, j]);
              const other = misfit(problem, after(problem, parts, a, state));
              if (other < cost) cost = other;
              else swap(parts, [a, i], [b, j]);
            }
        state = problem.replay.step(state, parts[a]);
      }
      if (cost <= 1) return parts;
    }
  }
  return null;
}

function swap(parts: number[][], [a, i]: readonly [number, number], [b, j]: readonly [number, number]): void {
  const m = parts[a][i];
  parts[a][i] = parts[b][j];
  parts[b][j] = m;
}

function after({ replay }: OrderProblem, parts: readonly number[][], from: number, state: LocalState): LocalState {
  let now = state;
  for (let step = from; step < parts.length; step++) now = replay.step(now, parts[step]);
  return now;
}

/** Mean square of what is left of the summed deltas, in units of their noise. */
export function misfit({ summed, tolerance }: Pick<OrderProblem, 'summed' | 'tolerance'>, end: LocalState): number {
  let total = 0;
  for (let m = 0; m < summed.rows; m++) {
    const [x, y] = [row(summed, m), row(end.summed, m)];
    let square = 0;
    for (let j = 0; j < x.length; j++) square += (x[j] - y[j]) ** 2;
    total += square / (x.length * tolerance[m] ** 2);
  }
  return total / summed.rows;
}
