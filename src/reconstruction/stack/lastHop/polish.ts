import type { Limit, Working } from '../../working';
import { conjugateGradients } from './conjugateGradients';
import { exactly, usedAt } from './exactly';
import { type Hop, residualInto } from './hop';
import type { Place } from './stochasticGaussNewton';

const inner = 100;
const most = 12;

/** Newton steps with residuals in float64, solved in float32, as long as they halve the error. */
export function* polish(hop: Hop, start: Float64Array, limit: Limit): Working<Place> {
  const { stack, size } = hop;
  const r = new Float64Array(hop.features.length);
  const g = new Float64Array(start.length);
  const x = start.slice();
  let best: Place = { x: start, error: Number.POSITIVE_INFINITY, rounds: 0 };
  for (let round = 0; round < most; round++) {
    const error = residualInto(r, exactly(hop, x), hop);
    const goesOn = error < best.error / 4;
    if (error < best.error) best = { x: x.slice(), error, rounds: round };
    if (!goesOn || (yield* limit.breathe())) break;
    stack.forward(x);
    stack.freeze(usedAt(hop, r));
    stack.transposedTimes(r, g);
    const step = yield* conjugateGradients(
      stack,
      g,
      { damping: (1e-9 * size) / x.length, steps: inner, tolerance: 1e-6 },
      limit,
    );
    for (let k = 0; k < x.length; k++) x[k] -= step[k];
  }
  return best;
}
