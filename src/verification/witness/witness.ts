import { check } from '../../check';
import { captureGradient, checkBatch } from '../../gradient/captureGradient';
import { norm, plus } from '../../math/matrix';
import { checkRelu } from '../../model/checkActivation';
import { forward } from '../../model/forward';
import { samePatterns } from '../../model/samePatterns';
import type { Batch, DenseMatrix, Mlp, Watch } from '../../types';
import { certify } from '../certificate/certify';
import { localIdentifiability } from '../identifiability/localIdentifiability';
import { closedFormWitness } from './closedFormWitness';
import { walkManifold } from './walkManifold';

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
 * from the first and with the same gradient to machine precision (method 7).
 *
 * @throws InputError when the batch does not fit the model or lies outside the bounds, or its activation is not ReLU
 * @example
 * // 64 samples, 32 neurons
 * witness(mlp({ widths: [784, 32, 10] }), digits.draw({ size: 64, seed: 1 })).exists;  // => true
 */
export function witness(model: Mlp, batch: Batch, options: WitnessOptions = {}): Witness {
  const { bounds, seed = 0, distance = 0.5 } = options;
  const wish = { ...options, seed, distance };
  checkRelu('witness', model);
  checkBatch('witness', model, batch);
  check(distance > 0, () => `witness: distance is ${distance}, expected a positive number`);
  if (bounds) checkBounds(batch.inputs, bounds);
  const closed = closedFormWitness(model, batch, wish);
  if (closed) {
    const found = judge(model, batch, closed.inputs, 'closed-form', closed.jacobian);
    if (found.exists) return { ...found, reason: closed.reason };
    if (closed.whyNot) return { ...found, reason: closed.whyNot };
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
  if (!local.counted && nullity === 0)
    return {
      exists: false,
      residual: null,
      distance: 0,
      method: 'none',
      reason:
        'the null directions of the Jacobian were too many to count in time: whether other batches give this gradient is open',
      jacobian,
    };
  const walk = walkManifold(model, batch, wish);
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

function judge(
  model: Mlp,
  batch: Batch,
  inputs: DenseMatrix,
  method: 'closed-form' | 'manifold',
  jacobian: Witness['jacobian'],
): Witness {
  const second: Batch = { ...batch, inputs };
  const { residual } = certify(model, captureGradient(model, batch), second);
  const distance = norm(plus(inputs, batch.inputs, -1).data) / (norm(batch.inputs.data) || 1);
  const same = samePatterns(forward(model, inputs), forward(model, batch.inputs));
  const exists = same && residual <= limit && distance > 1e-3;
  return exists
    ? { exists, batch: second, residual, distance, method, reason: '', jacobian }
    : { exists, residual: null, distance, method, reason: '', jacobian };
}

function checkBounds(inputs: DenseMatrix, [lower, upper]: readonly [number, number]): void {
  check(lower < upper, () => `witness: bounds are [${lower}, ${upper}], expected lower < upper`);
  const bad = inputs.data.findIndex((v) => !(lower <= v && v <= upper));
  check(bad < 0, () => `witness: the batch holds ${inputs.data[bad]}, outside the bounds [${lower}, ${upper}]`);
}
