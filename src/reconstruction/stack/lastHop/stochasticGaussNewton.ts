import type { Rng } from '../../../math/rng';
import type { Limit, Working } from '../../working';
import { conjugateGradients } from './conjugateGradients';
import { type Hop, residualInto } from './hop';

/** How {@link stochasticGaussNewton} walks. */
export interface Walk {
  readonly rounds: number;
  /** rounds in which the error, as its {@link recent} mean has it, has to fall to {@link gain} of what it was */
  readonly patience: number;
  /** least damping; more is added while far from a solution, see {@link calm} */
  readonly damping: number;
  readonly momentum: number;
  /** steps of conjugate gradients in a round */
  readonly inner: number;
  /** part of the equations that a round takes */
  readonly fraction: number;
}

/** Where a walk or a polish ended. */
export interface Place {
  readonly x: Float64Array;
  /** squared error of the features, relative */
  readonly error: number;
  readonly rounds: number;
}

/**
 * Times the relative error of the features: added to the damping. The random choice of equations is the walk's temperature, and far
 * from a solution it would keep the walk there.
 */
const calm = 3;
/** See {@link Walk}. */
const gain = 0.7;
/**
 * Rounds over which the error is averaged where it is judged, and the first that is: steps of the walk lead away from a good start at
 * first, and it would be long before it is as good again, though it goes down all the way.
 */
const recent = 10;
/** An error so many times that of the best place means that the walk was thrown off. */
const thrown = 30;

/**
 * Gauss-Newton that is never asked to descend: each round solves a random part of the equations, with momentum. Only an exact
 * solution is a fixed point of all parts, so the kinks between patterns, where Levenberg-Marquardt stops, do not hold it.
 *
 * @param enough squared relative error at which it ends
 */
export function* stochasticGaussNewton(
  hop: Hop,
  start: Float64Array,
  { rounds, patience, damping, momentum, inner, fraction, enough }: Walk & { readonly enough: number },
  uniform: Rng,
  limit: Limit,
): Working<Place> {
  const { stack, active, full, size } = hop;
  const x = start.slice();
  const [v, g] = [new Float64Array(x.length), new Float64Array(x.length)];
  const r = new Float64Array(active.length);
  const used = new Uint8Array(active.length);
  let best: Place = { x: start, error: Number.POSITIVE_INFINITY, rounds };
  let more = damping;
  let [round, mark, mean] = [0, Number.POSITIVE_INFINITY, 0];
  for (; round < rounds; round++) {
    if (yield* limit.breathe()) break;
    const error = residualInto(r, stack.forward(x), hop);
    if (error < best.error) best = { x: x.slice(), error, rounds };
    if (best.error <= enough) break;
    mean += (error - mean) / Math.min(recent, round + 1);
    if (round % patience === recent) {
      if (!(mean < gain * mark)) break;
      mark = mean;
    }
    if (!(error <= thrown * best.error)) {
      x.set(best.x);
      v.fill(0);
      more *= 4;
      continue;
    }
    for (let k = 0; k < used.length; k++)
      used[k] = (active[k] || (full[k] ? r[k] < 0 : r[k] > 0)) && uniform() < fraction ? 1 : 0;
    stack.freeze(used);
    stack.transposedTimes(r, g);
    const effort = { damping: ((more + calm * Math.sqrt(error)) * fraction * size) / x.length, steps: inner };
    const step = yield* conjugateGradients(stack, g, effort, limit);
    for (let k = 0; k < x.length; k++) {
      v[k] = momentum * v[k] - step[k];
      x[k] += v[k];
    }
  }
  return { ...best, rounds: round };
}
