import { rectified } from '../../model/layers/relu';
import type { DenseMatrix } from '../../types';
import type { Limit, Working } from '../working';
import type { Pooled } from './patchPursuit';
import { convolved, deviation, evenly } from './pooledValues';
import { chosen, unpooled } from './pooling';
import { roughlyBelow } from './solveBelow';
import { weighedReading } from './weighedReading';

/** Rounds at most; those without a better misfit of the values, by so much, after which it ends; where all is explained. */
const [most, patience, better, explained] = [60, 5, 0.985, 1e-3];
/** How sharply the deltas' reading counts, at first and at last; the values' reading counts by its own misfit. */
const [dull, sharp] = [0.5, 6];

/** Choices of winners, 0 or 1, and the rounds they took. */
export interface Choices {
  readonly choice: DenseMatrix;
  readonly rounds: number;
}

/**
 * Winners by two witnesses weighed as probabilities: deltas by {@link weighedReading}, values by the Gaussian of their own misfit. Choices
 * sharpen as fast as the values come to be explained, and turn hard by themselves.
 *
 * @returns null when the system below is singular, or time is up
 */
export function* carefulChoices(pooled: Pooled, limit: Limit): Working<Choices | null> {
  const { conv, windows, positive } = pooled;
  const size = deviation(pooled.values);
  const value = unpooled(windows, pooled.values);
  let choice = evenly(windows, pooled.deltas.columns);
  let hard = choice;
  let [least, stalled] = [Number.POSITIVE_INFINITY, 0];
  let round = 0;
  for (; round < most && stalled < patience && least > explained; round++) {
    if (yield* limit.breathe()) return null;
    const below = roughlyBelow(conv, unpooled(windows, pooled.deltas, choice));
    if (!below) return null;
    const x = positive ? rectified(below.values) : below.values;
    const z = convolved(conv, x);
    const shares = weighedReading(pooled, x, choice);
    const off = softMisfit(pooled, z, value, choice);
    const weight = Math.max(dull, Math.min(sharp, size / off));
    const data = z.data.map((v, k) => {
      const share = Math.max(-1, Math.min(2, shares.data[k]));
      return weight * share - Math.min(loudest, ((v - value.data[k]) / off) ** 2 / 2);
    });
    const scores = { ...z, data };
    choice = chosen(windows, scores, 1);
    hard = chosen(windows, scores, Number.POSITIVE_INFINITY);
    stalled = off / size < better * least ? 0 : stalled + 1;
    least = Math.min(least, off / size);
  }
  return { choice: hard, rounds: round };
}

/** Beyond this a value speaks no louder against its position. */
const loudest = 25;

/** Root mean square of what the values are off by, under the choices; where nothing is let through nothing counts. */
function softMisfit({ windows, deltas }: Pooled, z: DenseMatrix, value: DenseMatrix, choice: DenseMatrix): number {
  const lets = unpooled(windows, deltas);
  let [square, weight] = [0, 0];
  z.data.forEach((v, k) => {
    if (lets.data[k] === 0) return;
    square += choice.data[k] * (v - value.data[k]) ** 2;
    weight += choice.data[k];
  });
  return Math.max(Math.sqrt(square / weight), Number.MIN_VALUE);
}
