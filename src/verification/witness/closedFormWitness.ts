import { matrix, norm, plus, rowsOf } from '../../math/matrix';
import { rng, sampleIndices } from '../../math/rng';
import { backward } from '../../model/backward';
import { forward } from '../../model/forward';
import type { Batch, DenseMatrix, Mlp } from '../../types';
import { type BoundedMotion, boundedMotion } from './boundedMotion';
import { type ClosedForm, closedForm } from './closedForm';
import { stepWithin } from './stepWithin';

/** How far a second batch should lie away, and where. */
export interface Wish {
  readonly seed: number;
  /** relative to ||X|| */
  readonly distance: number;
  readonly bounds?: readonly [number, number];
}

/** Inputs reached by the closed form, the proof still to come. */
export interface ClosedFormWitness {
  readonly inputs: DenseMatrix;
  /** of the gradient: the rank is an upper bound */
  readonly jacobian: { readonly unknowns: number; readonly rank: number; readonly margin: number };
  /** why their gradient is the same */
  readonly reason: string;
  /** why they are not far away: the bounds are in the way */
  readonly whyNot?: string;
}

/**
 * X + D, with D the projection onto the closed form of the way to the same batch in another order, so that the witness
 * looks like data; as far as distance and bounds say. Undefined when there is no closed form.
 */
export function closedFormWitness(model: Mlp, batch: Batch, wish: Wish): ClosedFormWitness | undefined {
  const { inputs } = batch;
  const form = closedForm(model, batch, backward(model, forward(model, inputs), batch.labels)[0]);
  if (!form) return undefined;
  const { combinations, unseen } = form;
  const unknowns = inputs.data.length;
  const space = `the deltas of layer 0 cancel in ${combinations.length} combinations of samples, and W_0 does not see ${unseen} of ${inputs.columns} input dimensions`;
  const found = reach(inputs, form, wish);
  return {
    inputs: found.inputs,
    jacobian: { unknowns, rank: unknowns - combinations.length * unseen, margin: 1 },
    reason: `${space}: any motion in both leaves every pre-activation and the gradient as they are`,
    ...(found.tried && {
      whyNot: `${space}, but no such motion stays inside [${wish.bounds?.join(', ')}]: ${whyNot(found.tried)}; without bounds there is a witness`,
    }),
  };
}

function reach(
  inputs: DenseMatrix,
  form: ClosedForm,
  { seed, distance, bounds }: Wish,
): { inputs: DenseMatrix; tried?: BoundedMotion } {
  const size = norm(inputs.data) || 1;
  let other = rowsOf(inputs, sampleIndices(rng(seed), inputs.rows, inputs.rows));
  let d = form.project(plus(other, inputs, -1));
  if (!(norm(d.data) > 1e-3 * size)) {
    // another order may have been no change at all, so a random wish
    const uniform = rng(seed + 1);
    const [low, high] = bounds ?? [-0.5, 0.5];
    const random = inputs.data.map((v) => (bounds ? 0 : v) + low + (high - low) * uniform());
    other = matrix(inputs.rows, inputs.columns, random);
    d = form.project(plus(other, inputs, -1));
  }
  const full = norm(d.data);
  const wanted = full > 0 ? Math.max(1, (distance * size) / full) : 0;
  const t = bounds ? stepWithin(inputs, d, bounds, wanted) : wanted;
  const straight = plus(inputs, d, t);
  if (!bounds || t * full >= Math.min(0.5, distance) * size) return { inputs: straight };
  const tried = boundedMotion(inputs, form, other, bounds, distance * size);
  const { motion } = tried;
  return { tried, inputs: motion && norm(motion.data) > t * full ? plus(inputs, motion) : straight };
}

/** Entries on a bound move one way only: is there room for that, as far as can be told? */
function whyNot({ movable, dimension, needed }: BoundedMotion): string {
  const cones = `entries on a bound move one way only, and what that leaves to ${movable} inputs has statistical dimension ${dimension.toFixed(0)}`;
  if (movable === 0) return 'no input has a combination that moves all its entries off their bound';
  return dimension <= needed
    ? `${cones}, no more than the ${needed} conditions of W_0, so in general position there is none`
    : `${cones} for the ${needed} conditions of W_0, so there may be one, but it was not found`;
}
