import { check } from '../check';
import { captureGradient, checkBatch } from '../gradient/captureGradient';
import { samePatterns } from '../gradient/gradientJacobian';
import { matrix, norm } from '../math/matrix';
import { rng, sampleIndices } from '../math/rng';
import { backward } from '../model/backward';
import { forward } from '../model/forward';
import type { Batch, DenseMatrix, Mlp, Watch } from '../types';
import { type BoundedMotion, boundedMotion } from './boundedMotion';
import { certify } from './certificate';
import { type ClosedForm, closedForm, shuffledInputs, stepWithin } from './closedFormWitness';
import { localIdentifiability } from './localIdentifiability';
import { walkManifold } from './manifoldWitness';

/** Options of {@link witness}. */
export interface WitnessOptions extends Watch {
  /** every input entry stays inside, e.g. [0, 1] for pixels. @default no bounds */
  readonly bounds?: readonly [number, number];
  /** @default 0 */
  readonly seed?: number;
  /** how far to go, relative to ||X||. @default 0.5 */
  readonly distance?: number;
}

/** A second batch with the same gradient, or why there is none. */
export interface Witness {
  readonly exists: boolean;
  /** same labels, same patterns, other inputs; present when it exists */
  readonly batch?: Batch;
  /** of the second batch, replayed by the certificate, relative to the gradient's norm; null without a witness */
  readonly residual: number | null;
  /** ||X' - X|| / ||X|| (0 without a witness) */
  readonly distance: number;
  /** `closed-form` keeps every pre-activation; `manifold` followed null directions by Gauss-Newton */
  readonly method: 'closed-form' | 'manifold' | 'none';
  readonly reason: string;
  /** of the gradient's Jacobian; with a closed form the rank is an upper bound */
  readonly jacobian: { readonly unknowns: number; readonly rank: number; readonly margin: number };
}

/** Residual up to which the second batch counts as having the same gradient. */
const limit = 1e-12;

/**
 * Shows by example that a gradient does not determine its batch: a second one with the same labels and patterns, far
 * from the first and with the same gradient to machine precision (SPEC 7).
 *
 * @throws InputError when the batch does not fit the model or lies outside the bounds
 * @example
 * // 64 samples, 32 neurons
 * witness(mlp({ widths: [784, 32, 10] }), digits.draw({ size: 64, seed: 1 })).exists;  // => true
 */
export function witness(model: Mlp, batch: Batch, options: WitnessOptions = {}): Witness {
  const { bounds, seed = 0, distance: target = 0.5 } = options;
  checkBatch('witness', model, batch);
  check(target > 0, () => `witness: distance is ${target}, expected a positive number`);
  if (bounds) checkBounds(batch.inputs, bounds);
  const activations = forward(model, batch.inputs);
  const delta = backward(model, activations, batch.labels)[0];
  const form = closedForm(model, batch, delta);
  if (form) {
    const wish = closedFormWish(batch.inputs, seed, target, form, bounds);
    const jacobian = {
      unknowns: batch.inputs.data.length,
      rank: batch.inputs.data.length - form.combinations.length * form.unseen,
      margin: 1,
    };
    const found = judge(model, batch, wish.inputs, 'closed-form', jacobian);
    const space = `${form.combinations.length} combinations of samples, and W_0 does not see ${form.unseen} of ${batch.inputs.columns} input dimensions`;
    if (found.exists)
      return {
        ...found,
        reason: `the deltas of layer 0 cancel in ${space}: any motion in both leaves every pre-activation and the gradient as they are`,
      };
    if (bounds && wish.tried)
      return {
        ...found,
        reason: `the deltas of layer 0 cancel in ${space}, but no such motion stays inside [${bounds[0]}, ${bounds[1]}]: ${whyNot(wish.tried)}; without bounds there is a witness`,
      };
  }
  const local = localIdentifiability(model, batch);
  const { unknowns, rank, nullity, margin } = local;
  const jacobian = { unknowns, rank, margin };
  if (local.identifiable)
    return {
      exists: false,
      residual: null,
      distance: 0,
      method: 'none',
      reason: `the Jacobian of the gradient has full rank ${rank} of ${unknowns} (smallest pivot ${margin.toExponential(1)} relative, tolerance 1e-10): no other batch nearby gives this gradient; batches with other patterns are not excluded`,
      jacobian,
    };
  const walk = walkManifold(model, batch, target, bounds, seed, options);
  const found = judge(model, batch, walk.inputs, 'manifold', jacobian);
  const stop = {
    distance: 'far enough',
    pattern: 'where an activation pattern would change or a bound is met',
    steps: 'where an activation pattern would change or a bound is met',
    held: 'since none was found that leaves the entries on a bound where they are',
  }[walk.stopped];
  return {
    ...found,
    reason: found.exists
      ? `${nullity} null directions of the Jacobian (rank ${rank} of ${unknowns}), followed by Gauss-Newton; stopped ${stop}`
      : `${nullity} null directions of the Jacobian (rank ${rank} of ${unknowns}, margin ${margin.toExponential(1)}), but following them stopped at distance ${found.distance.toExponential(1)}, ${stop}`,
  };
}

/** X + D, with D the projection of the way to the shuffled batch, as far as target and bounds say. */
function closedFormWish(
  inputs: DenseMatrix,
  seed: number,
  target: number,
  form: ClosedForm,
  bounds: readonly [number, number] | undefined,
): { inputs: DenseMatrix; tried?: BoundedMotion } {
  const size = norm(inputs.data) || 1;
  let other = shuffledInputs(inputs, sampleIndices(rng(seed), inputs.rows, inputs.rows));
  let d = form.project(minus(other, inputs));
  if (!(norm(d.data) > 1e-3 * size)) {
    // the shuffle may have been no change at all, so a random wish
    const uniform = rng(seed + 1);
    const [low, high] = bounds ?? [-0.5, 0.5];
    const random = inputs.data.map((v) => (bounds ? 0 : v) + low + (high - low) * uniform());
    other = matrix(inputs.rows, inputs.columns, random);
    d = form.project(minus(other, inputs));
  }
  const full = norm(d.data);
  const wanted = full > 0 ? Math.max(1, (target * size) / full) : 0;
  const t = bounds ? stepWithin(inputs, d, bounds, wanted) : wanted;
  const straight = plus(inputs, t, d);
  if (!bounds || t * full >= Math.min(0.5, target) * size) return { inputs: straight };
  const tried = boundedMotion(inputs, form, other, bounds, target * size);
  const { motion } = tried;
  return { tried, inputs: motion && norm(motion.data) > t * full ? plus(inputs, 1, motion) : straight };
}

/** Entries on a bound move one way only: is there room for that, as far as can be told? */
function whyNot({ movable, dimension, needed }: BoundedMotion): string {
  const cones = `entries on a bound move one way only, and what that leaves to ${movable} inputs has statistical dimension ${dimension.toFixed(0)}`;
  if (movable === 0) return 'no input has a combination that moves all its entries off their bound';
  return dimension <= needed
    ? `${cones}, no more than the ${needed} conditions of W_0, so in general position there is none`
    : `${cones} for the ${needed} conditions of W_0, so there may be one, but it was not found`;
}

function plus(inputs: DenseMatrix, t: number, d: DenseMatrix): DenseMatrix {
  return matrix(
    inputs.rows,
    inputs.columns,
    inputs.data.map((v, k) => v + t * d.data[k]),
  );
}

function judge(
  model: Mlp,
  batch: Batch,
  inputs: DenseMatrix,
  method: 'closed-form' | 'manifold',
  jacobian: Witness['jacobian'],
): Witness {
  const second: Batch = { ...batch, inputs };
  const { residual } = certify(model, captureGradient(model, batch), second);
  const distance = norm(minus(inputs, batch.inputs).data) / (norm(batch.inputs.data) || 1);
  const same = samePatterns(forward(model, inputs), forward(model, batch.inputs));
  const exists = same && residual <= limit && distance > 1e-3;
  return exists
    ? { exists, batch: second, residual, distance, method, reason: '', jacobian }
    : { exists, residual: null, distance, method, reason: '', jacobian };
}

function minus(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  return matrix(
    a.rows,
    a.columns,
    a.data.map((v, k) => v - b.data[k]),
  );
}

function checkBounds(inputs: DenseMatrix, [lower, upper]: readonly [number, number]): void {
  check(lower < upper, () => `witness: bounds are [${lower}, ${upper}], expected lower < upper`);
  const bad = inputs.data.findIndex((v) => !(lower <= v && v <= upper));
  check(bad < 0, () => `witness: the batch holds ${inputs.data[bad]}, outside the bounds [${lower}, ${upper}]`);
}
