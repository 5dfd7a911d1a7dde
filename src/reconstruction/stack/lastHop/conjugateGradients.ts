import { dot } from '../../../math/matrix';
import type { Limit, Working } from '../../working';
import type { FrozenStack } from './frozenStack';

/** How far conjugate gradients go. */
export interface Effort {
  /** added to the diagonal of Jᵀ J */
  readonly damping: number;
  readonly steps: number;
  /** ends when the residual has fallen by this factor. @default 0 */
  readonly tolerance?: number;
}

/** Solution of (Jᵀ J + damping) s = g; products in float32, all else in float64. Ends early when the limit is over. */
export function* conjugateGradients(
  stack: FrozenStack,
  g: Float64Array,
  { damping, steps, tolerance = 0 }: Effort,
  limit: Limit,
): Working<Float64Array> {
  const s = new Float64Array(g.length);
  const [rest, p, product] = [g.slice(), g.slice(), new Float64Array(g.length)];
  let now = dot(rest, rest);
  const enough = tolerance * tolerance * now;
  for (let step = 0; step < steps && now > enough; step++) {
    if (yield* limit.breathe()) break;
    stack.normal(p, product);
    for (let k = 0; k < p.length; k++) product[k] += damping * p[k];
    const length = now / dot(p, product);
    if (!(length > 0 && Number.isFinite(length))) break;
    for (let k = 0; k < p.length; k++) {
      s[k] += length * p[k];
      rest[k] -= length * product[k];
    }
    const next = dot(rest, rest);
    for (let k = 0; k < p.length; k++) p[k] = rest[k] + (next / now) * p[k];
    now = next;
  }
  return s;
}
