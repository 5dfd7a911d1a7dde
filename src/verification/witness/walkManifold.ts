import { captureGradient } from '../../gradient/captureGradient';
import {
  flattenGradient,
  gradientDifference,
  gradientNorm,
  unflattenGradient,
} from '../../gradient/gradientDifference';
import { gradientJacobian } from '../../gradient/gradientJacobian';
import { gradientState } from '../../gradient/gradientState';
import { gemm } from '../../math/gemm';
import { lsmr } from '../../math/lsmr';
import { matrix, norm, plus } from '../../math/matrix';
import { forward } from '../../model/forward';
import { affine } from '../../model/layers/dense';
import { rectified, silence } from '../../model/layers/relu';
import { samePatterns } from '../../model/samePatterns';
import type { AffineLayer, Batch, DenseMatrix, Mlp, Watch } from '../../types';
import { localIdentifiability } from '../identifiability/localIdentifiability';
import type { Wish } from './closedFormWitness';
import { holding } from './holding';

/** Where a walk along the manifold of equal gradients came to. */
export interface Walk {
  readonly inputs: DenseMatrix;
  readonly stopped: 'distance' | 'pattern' | 'steps' | 'held';
}

/**
 * Follows the batches that share a gradient: a step along a null direction of the Jacobian, then Gauss-Newton back to
 * the gradient (patterns fixed), until far enough; a step that changes a pattern or leaves the bounds is halved, and
 * after that another direction tried (method 7).
 *
 * Entries that lie on a bound stay there.
 */
export function walkManifold(
  model: Mlp,
  start: Batch,
  { seed, distance: target, bounds, signal, onProgress }: Wish & Watch,
): Walk {
  const goal = captureGradient(model, start, { reduction: 'sum' }).gradients;
  const patterns = forward(model, start.inputs);
  const [low, high] = bounds ?? [-Infinity, Infinity];
  const inside = ({ data }: DenseMatrix): boolean => data.every((v) => low <= v && v <= high);
  const held = [...start.inputs.data.keys()].filter((k) => [low, high].includes(start.inputs.data[k]));
  const size = norm(start.inputs.data) || 1;
  const away = (x: DenseMatrix): DenseMatrix => plus(x, start.inputs, -1);
  let inputs = start.inputs;
  let far = 0;
  let step = 0.2 * size;
  const history: number[] = [];
  for (let n = 0, misses = 0; n < 100 && misses < 12; n++) {
    history.push(far);
    // visible, and hardly moving any more: the walls of the patterns are close on all sides
    if (far > 0.2 && n >= 8 && far < 1.1 * history[n - 8]) break;
    signal?.throwIfAborted();
    onProgress?.(Math.min(1, far / target), `distance ${far.toFixed(3)}`);
    const local = localIdentifiability(model, { ...start, inputs });
    const draw = holding(local, held);
    if (!draw) return { inputs, stopped: 'held' };
    const direction = roomiest(model, inputs, away(inputs), (k) => draw(seed + 100 * n + k), step);
    if (!direction) break;
    let best = inputs;
    const room = 0.9 * patternRoom(model, inputs, direction);
    const whole = step;
    // beyond the room first: Gauss-Newton often comes back to the same patterns
    for (const t of [whole, whole / 2, room, room / 2, room / 4].filter((length) => length <= whole)) {
      const back = returnToGradient(model, { ...start, inputs: plus(inputs, direction, t) }, goal, held);
      if (!back || !inside(back) || !samePatterns(forward(model, back), patterns)) continue;
      best = back;
      step = Math.min(t === whole ? 2 * t : t, 0.5 * size);
      break;
    }
    const reached = norm(away(best).data) / size;
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

/** Of random null directions, both ways, the one that leads farthest from the start before a pattern changes. */
function roomiest(
  model: Mlp,
  inputs: DenseMatrix,
  away: DenseMatrix,
  draw: (k: number) => DenseMatrix | undefined,
  step: number,
): DenseMatrix | undefined {
  let best: DenseMatrix | undefined;
  let farthest = -1;
  for (let k = 0; k < 24; k++) {
    const drawn = draw(k);
    if (!drawn) return undefined;
    for (const sign of [1, -1]) {
      const direction = matrix(
        drawn.rows,
        drawn.columns,
        drawn.data.map((v) => sign * v),
      );
      const t = Math.min(step, 0.9 * patternRoom(model, inputs, direction));
      const far = norm(plus(away, direction, t).data);
      if (far > farthest) [best, farthest] = [direction, far];
    }
  }
  return best;
}

/** Largest t for which X + t D keeps every pattern (exact below the first neuron to switch: z is affine there). */
function patternRoom(model: Mlp, inputs: DenseMatrix, direction: DenseMatrix): number {
  let f = inputs;
  let df = direction;
  let room = Number.POSITIVE_INFINITY;
  for (const layer of model.dense.slice(0, -1)) {
    const z = affine(layer, f);
    const dz = gemm(df, layer.weight, { b: true });
    for (let k = 0; k < z.data.length; k++) {
      const [at, by] = [z.data[k], dz.data[k]];
      if (at > 0 ? by < 0 : by > 0) room = Math.min(room, -at / by);
    }
    df = silence(dz, z);
    f = rectified(z);
  }
  return room;
}

/** Gauss-Newton onto {X : gradient = goal}, least-norm steps of the entries not held; undefined when it misses rounding. */
function returnToGradient(
  model: Mlp,
  batch: Batch,
  goal: readonly AffineLayer[],
  held: readonly number[],
): DenseMatrix | undefined {
  const size = gradientNorm(goal);
  let inputs = batch.inputs;
  let last = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 8; n++) {
    const now = { ...batch, inputs };
    const misfit = gradientDifference(goal, captureGradient(model, now, { reduction: 'sum' }).gradients);
    const residual = gradientNorm(misfit) / size;
    if (residual <= 1e-14 || (residual <= 1e-12 && residual > 0.3 * last)) return inputs;
    if (!(residual < 0.9 * last || n < 3)) return undefined;
    last = residual;
    const jacobian = gradientJacobian(model, gradientState(model, now));
    const shaped = (x: Float64Array): DenseMatrix => matrix(inputs.rows, inputs.columns, x);
    const free = (x: Float64Array): Float64Array => {
      for (const entry of held) x[entry] = 0;
      return x;
    };
    const dX = lsmr(
      {
        times: (x) => flattenGradient(jacobian.times({ inputs: shaped(x) })),
        transposedTimes: (y) => free(jacobian.transposedTimes(unflattenGradient(y, goal)).inputs.data),
      },
      flattenGradient(misfit),
      Math.min(300, 2 * inputs.data.length),
      1e-8,
    );
    inputs = plus(inputs, shaped(dX));
  }
  return undefined;
}
