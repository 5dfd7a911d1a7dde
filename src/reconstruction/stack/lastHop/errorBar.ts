import { normal, type Rng } from '../../../math/rng';
import type { Limit, Working } from '../../working';
import { conjugateGradients } from './conjugateGradients';
import { exactly, usedAt } from './exactly';
import { type Hop, residualInto } from './hop';

const draws = 2;
const steps = 300;

/**
 * How far noise of the features moves the answer: random errors of their size, taken through the linearised inverse at x.
 *
 * @param noise norm of the features' error, relative
 * @returns root mean square over the inputs; infinite where some input reaches no feature, since strides step over it or it wins in no
 * window: anything could stand there, and the draws cannot leave what the features see
 */
export function* errorBar(hop: Hop, x: Float64Array, noise: number, uniform: Rng, limit: Limit): Working<number> {
  const { stack, size } = hop;
  const r = new Float64Array(hop.features.length);
  residualInto(r, exactly(hop, x), hop);
  const used = usedAt(hop, r);
  const each = noise * Math.sqrt(size / used.reduce((count, u) => count + u, 0));
  stack.forward(x);
  stack.freeze(used);
  const g = new Float64Array(x.length);
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    stack.transposedTimes(
      r.map(() => normal(uniform)),
      g,
    );
    if (g.some((v) => v === 0)) return Number.POSITIVE_INFINITY;
    const z = yield* conjugateGradients(stack, g, { damping: 0, steps, tolerance: 1e-3 }, limit);
    if (limit.over()) return Number.POSITIVE_INFINITY; // stopped half-way, a bar would be too short
    sum += z.reduce((total, v) => total + v * v, 0) / x.length;
  }
  return each * Math.sqrt(sum / draws);
}
