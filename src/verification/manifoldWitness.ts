import { captureGradient } from '../gradient/captureGradient';
import { flattenGradient, gradientDifference, gradientNorm, unflattenGradient } from '../gradient/gradientDifference';
import { gradientJacobian, samePatterns } from '../gradient/gradientJacobian';
import { cgls } from '../math/cgls';
import { dot, matrix, norm } from '../math/matrix';
import { forward } from '../model/forward';
import type { AffineLayer, Batch, DenseMatrix, Network, Watch } from '../types';
import { localIdentifiability } from './localIdentifiability';

/** Where a walk along the manifold of equal gradients came to. */
export interface Walk {
  readonly inputs: DenseMatrix;
  readonly stopped: 'distance' | 'pattern' | 'steps';
}

/**
 * Follows the batches that share a gradient: a step along a null direction of the Jacobian, then Gauss-Newton back to
 * the gradient (patterns fixed), until far enough; a step that changes a pattern or leaves the bounds is halved, and
 * after that another direction tried (SPEC 7).
 *
 * @param target distance to reach, relative to ||X||
 */
export function walkManifold(
  model: Network,
  start: Batch,
  target: number,
  inside: (inputs: DenseMatrix) => boolean,
  seed: number,
  { signal, onProgress }: Watch = {},
): Walk {
  const goal = captureGradient(model, start, { reduction: 'sum' }).gradients;
  const patterns = forward(model, start.inputs);
  const size = norm(start.inputs.data) || 1;
  const away = (x: DenseMatrix): Float64Array => x.data.map((v, k) => v - (start.inputs.data[k] as number));
  let inputs = start.inputs;
  let far = 0;
  let step = 0.2 * size;
  for (let n = 0, misses = 0; n < 200 && misses < 12; n++) {
    signal?.throwIfAborted();
    onProgress?.(Math.min(1, far / target), `distance ${far.toFixed(3)}`);
    const direction = localIdentifiability(model, { ...start, inputs }).direction(seed + n);
    if (!direction) break;
    const outward = dot(direction.data, away(inputs)) < 0 ? -1 : 1;
    let best = inputs;
    for (let halving = 0, t = step; halving < 8; halving++, t /= 2) {
      const tried = matrix(
        inputs.rows,
        inputs.columns,
        inputs.data.map((v, k) => v + outward * t * (direction.data[k] as number)),
      );
      const back = returnToGradient(model, { ...start, inputs: tried }, goal);
      if (!back || !inside(back) || !samePatterns(forward(model, back), patterns)) continue;
      best = back;
      step = Math.min(halving === 0 ? 2 * t : t, 0.5 * size);
      break;
    }
    const reached = norm(away(best)) / size;
    if (reached > far * 1.001) misses = 0;
    else misses++;
    if (reached > far) {
      inputs = best;
      far = reached;
    } else step = Math.max(step / 2, 1e-4 * size);
    if (far >= target) return { inputs, stopped: 'distance' };
  }
  return { inputs, stopped: far > 0 ? 'pattern' : 'steps' };
}

/** Gauss-Newton onto {X : gradient = goal}, least-norm steps; undefined when it does not get to rounding. */
export function returnToGradient(model: Network, batch: Batch, goal: readonly AffineLayer[]): DenseMatrix | undefined {
  const size = gradientNorm(goal);
  let inputs = batch.inputs;
  let last = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 12; n++) {
    const now = { ...batch, inputs };
    const misfit = gradientDifference(goal, captureGradient(model, now, { reduction: 'sum' }).gradients);
    const residual = gradientNorm(misfit) / size;
    if (residual <= 1e-14 || (residual <= 1e-12 && residual > 0.3 * last)) return inputs;
    if (!(residual < 0.9 * last || n < 3)) return undefined;
    last = residual;
    const jacobian = gradientJacobian(model, now);
    const shaped = (x: Float64Array): DenseMatrix => matrix(inputs.rows, inputs.columns, x);
    const dX = cgls(
      {
        times: (x) => flattenGradient(jacobian.times(shaped(x))),
        transposedTimes: (y) => jacobian.transposedTimes(unflattenGradient(y, goal)).data,
      },
      flattenGradient(misfit),
      300,
      1e-8,
    );
    inputs = shaped(inputs.data.map((v, k) => v + (dX[k] as number)));
  }
  return undefined;
}
