import { check } from '../../check';
import { checkBatch } from '../../gradient/captureGradient';
import { axpy, norm, row } from '../../math/matrix';
import { normal, rng } from '../../math/rng';
import { checkRelu } from '../../model/checkActivation';
import type { Batch, DenseMatrix, Mlp } from '../../types';
import { motions } from './motions';
import { nullMotions } from './nullMotions';

/** Whether a batch can be moved without changing its gradient, to first order and inside its activation patterns. */
export interface LocalIdentifiability {
  /** M d0 */
  readonly unknowns: number;
  readonly rank: number;
  /** dimension of the null space of the Jacobian of X -> gradient */
  readonly nullity: number;
  /** false: only the closed-form directions were counted, so nullity is a lower bound (many coordinates and a closed form, or time was up) */
  readonly counted: boolean;
  /** no direction is left, all of them counted */
  readonly identifiable: boolean;
  /** smallest pivot kept in the rank decisions, relative to the size of its terms; the tolerance is 1e-10 */
  readonly margin: number;
  /** moves[m]: some null direction moves sample m */
  readonly moves: readonly boolean[];
  /** dimension of the closed form N C Pᵀ: these directions keep every pre-activation */
  readonly closedForm: number;
  /** a random null direction dX (M x d0, Frobenius norm 1), or undefined when there is none */
  readonly direction: (seed: number) => DenseMatrix | undefined;
}

/** Options of {@link localIdentifiability}. */
export interface LocalIdentifiabilityOptions {
  /** time for counting null directions, after which the closed form alone is counted. @default 60 */
  readonly seconds?: number;
}

/**
 * Rank of the Jacobian of X -> gradient at a batch, labels and patterns fixed (method 7). The Jacobian is never formed:
 * dG_0 = 0 eliminates dX (see {@link Motions}), and what remains is intersected with one constraint after the other
 * until nothing is left; usually that is after a few vectors a sample.
 *
 * @throws InputError when the batch does not fit the model, its activation is not ReLU, or `seconds` is negative
 * @example
 * // no other batch nearby gives this gradient
 * localIdentifiability(model, secret).identifiable;  // => true
 */
export function localIdentifiability(
  model: Mlp,
  batch: Batch,
  { seconds = 60 }: LocalIdentifiabilityOptions = {},
): LocalIdentifiability {
  checkRelu('localIdentifiability', model);
  checkBatch('localIdentifiability', model, batch);
  check(seconds >= 0, () => `localIdentifiability: seconds is ${seconds}, expected a number of at least 0`);
  const end = performance.now() + 1e3 * seconds;
  const space = motions(model, batch);
  const M = batch.inputs.rows;
  const unknowns = M * batch.inputs.columns;
  // with this many coordinates the closed form has already answered: counting the rest would only refine the number
  const covered = space.unseen > 0 && space.size > 600;
  const count = covered ? null : nullMotions(model, batch, space, (ahead) => performance.now() + 1e3 * ahead > end);
  const left = count ?? { basis: [], margin: Number.POSITIVE_INFINITY };
  const nullity = space.unseen + left.basis.length;
  const direction = (seed: number): DenseMatrix | undefined => {
    if (nullity === 0) return undefined;
    const uniform = rng(seed);
    const v = new Float64Array(space.size);
    for (const b of left.basis) axpy(normal(uniform), b, v);
    const dX = space.inputs(v, space.unseen > 0 ? 1 : 0, uniform);
    const size = norm(dX.data);
    return { ...dX, data: dX.data.map((x) => x / size) };
  };
  const probe = direction(1);
  const shift = Array.from({ length: M }, (_, m) => (probe ? norm(row(probe, m)) * space.samples.sizes[m] : 0));
  const most = Math.max(...shift);
  return {
    unknowns,
    rank: unknowns - nullity,
    nullity,
    counted: count !== null,
    identifiable: count !== null && nullity === 0,
    margin: Math.min(left.margin, space.samples.margin),
    moves: shift.map((s) => s > 1e-7 * most),
    closedForm: space.unseen,
    direction,
  };
}
