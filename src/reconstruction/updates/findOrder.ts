import { batchSizes } from '../../gradient/localUpdate';
import { row } from '../../math/matrix';
import type { DenseMatrix, LocalTraining } from '../../types';
import type { Limit, Working } from '../working';
import type { LocalReplay, LocalState } from './localReplay';

/** What the order is read from. */
export interface OrderProblem {
  readonly replay: LocalReplay;
  readonly training: LocalTraining;
  /** the samples of an epoch: one that equals others stands in it as often */
  readonly samples: readonly number[];
  /** M x n: each distinct sample's deltas summed over all steps, as the update shows them */
  readonly summed: DenseMatrix;
  /** noise of each row of them */
  readonly tolerance: Float64Array;
  /** neurons that must agree before a sample counts as seen: in float32 a single one may by chance */
  readonly least: number;
}

/** Mini-batches tried before giving up. */
const most = 3000;

/**
 * Which samples were in which mini-batch. A neuron that is on for a sample now, and off in all of its later steps, shows this step's delta
 * exactly, as what is left of the sample's sum; so samples of the present mini-batch bear witness. Depth first over the few that do not:
 * after a wrong mini-batch the weights are wrong, so hardly any sample has a witness any more, and the branch ends (method 12).
 *
 * @returns samples of each step, or null when no order fits
 */
export function* findOrder(
  { replay, training, samples, summed, tolerance, least }: OrderProblem,
  limit: Limit,
): Working<(readonly number[])[] | null> {
  const sizes = batchSizes(samples.length, training.batchSize);
  const steps = sizes.length * training.epochs;
  if (sizes.length === 1) return new Array<readonly number[]>(training.epochs).fill(samples);
  let tries = most;
  function* go(step: number, left: readonly number[], state: LocalState): Working<(readonly number[])[] | null> {
    if (step === steps) return [];
    const size = sizes[step % sizes.length];
    const present = [...new Set(left)];
    const { hidden } = replay.deltas(state, present);
    const seen = new Int32Array(left.length);
    present.forEach((m, k) => {
      const places = [...left.keys()].filter((at) => left[at] === m);
      const rest = { left: row(summed, m), gone: row(state.summed, m), noise: tolerance[m] };
      // equal samples may be in one mini-batch: then the rest is as many deltas
      const each = places.map((_, more) => witnesses(row(hidden, k), ((more + 1) * replay.counts[step]) / size, rest));
      const together = each.indexOf(Math.max(...each));
      places.slice(0, together + 1).forEach((at) => {
        seen[at] = each[together];
      });
    });
    const order = [...left.keys()].sort((a, b) => seen[b] - seen[a]);
    const sure = order.filter((k) => seen[k] >= least).slice(0, size);
    if (left.length > size && sure.length < size / 2) return null;
    for (const more of choices(order.slice(sure.length), size - sure.length)) {
      if (--tries < 0 || (yield* limit.breathe())) return null;
      const chosen = new Set([...sure, ...more]);
      const part = Array.from(chosen, (k) => left[k]);
      const rest = left.filter((_, k) => !chosen.has(k));
      const later = yield* go(step + 1, rest.length > 0 ? rest : samples, replay.step(state, part));
      if (later) return [part, ...later];
    }
    return null;
  }
  return yield* go(0, samples, replay.start);
}

/** Neurons whose whole rest is this step's delta, and no noise. */
function witnesses(
  delta: Float64Array,
  times: number,
  { left, gone, noise }: { left: Float64Array; gone: Float64Array; noise: number },
): number {
  let count = 0;
  for (let j = 0; j < delta.length; j++) {
    const d = times * delta[j];
    if (Math.abs(d) > 100 * noise && Math.abs(left[j] - gone[j] - d) < noise) count++;
  }
  return count;
}

/** All ways to take `count` of a list, those that take the first ones first. */
function* choices<T>(list: readonly T[], count: number): Generator<readonly T[]> {
  if (count === 0) return yield [];
  for (let i = 0; i + count <= list.length; i++)
    for (const rest of choices(list.slice(i + 1), count - 1)) yield [list[i] as T, ...rest];
}
