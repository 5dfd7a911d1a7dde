import type { LinearMap } from '../../math/lsmr';
import { axpy, dot, matrix, norm, row } from '../../math/matrix';
import { float64 } from '../../model/arithmetic';
import { kindOf } from '../../model/layers';
import { sizeOf } from '../../model/layers/planes';
import type { AffineLayer, Conv2dLayer, DenseMatrix } from '../../types';
import type { Budget } from '../budget';
import type { Ended } from '../estimate';

/** What is known around a convolution, for one sample. */
export interface AroundConvolution {
  /** at what leaves it (1 x out) */
  readonly delta: DenseMatrix;
  readonly gradient: AffineLayer;
  /** what leaves it, where known; null where nothing is */
  readonly above: { readonly values: DenseMatrix; readonly known: Uint8Array } | null;
}

/** Steps at most, and restarts from the residual itself, which make up for what rounding lost. */
const [steps, restarts] = [20000, 3];
/** Where the gradient of the least squares has fallen by so much, a restart finds nothing more. */
const enough = 1e-14;

/**
 * What enters a convolution (1 x in): gradient and weight constraints together by least squares, each filter's to the same scale.
 * Conjugate gradients (CGLS, Hestenes & Stiefel 1952), which start at zero and so leave undetermined directions there.
 */
export async function solveConvolution(
  layer: Conv2dLayer,
  around: AroundConvolution,
  budget: Budget,
): Promise<{ readonly values: DenseMatrix; readonly ended: Exclude<Ended, 'converged'> | null }> {
  const { map, right } = constraints(layer, around);
  const x = new Float64Array(sizeOf(layer.input));
  const values = matrix(1, x.length, x);
  const first = norm(map.transposedTimes(right));
  for (let restart = 0; restart < restarts; restart++) {
    const rest = right.slice();
    axpy(-1, map.times(x), rest);
    let slope = map.transposedTimes(rest);
    let square = dot(slope, slope);
    const direction = slope.slice();
    for (let step = 0; step < steps && square > (enough * first) ** 2; step++) {
      const moved = map.times(direction);
      const length = square / dot(moved, moved);
      axpy(length, direction, x);
      axpy(-length, moved, rest);
      slope = map.transposedTimes(rest);
      const next = dot(slope, slope);
      for (let k = 0; k < direction.length; k++) direction[k] = slope[k] + (next / square) * direction[k];
      square = next;
      const ended = await budget.turn(0, `least squares for ${x.length} values, step ${step}`);
      if (ended) return { values, ended };
    }
  }
  return { values, ended: null };
}

function constraints(
  layer: Conv2dLayer,
  { delta, gradient, above }: AroundConvolution,
): { readonly map: LinearMap; readonly right: Float64Array } {
  const kind = kindOf(layer);
  const { bias, ...linear } = layer;
  const filters = layer.weight.rows;
  const each = delta.columns / filters;
  const inverse = (size: number): number => (size > 0 ? 1 / size : 0);
  const ofGradient = Float64Array.from({ length: filters }, (_, o) =>
    inverse(norm(delta.data.subarray(o * each, (o + 1) * each))),
  );
  const ofWeights = Float64Array.from({ length: filters }, (_, o) => inverse(norm(row(layer.weight, o))));
  const perGradient = layer.weight.columns;
  const scaleGradient = (g: Float64Array): Float64Array => g.map((v, k) => v * ofGradient[Math.floor(k / perGradient)]);
  const scaleValues = (z: Float64Array): Float64Array =>
    z.map((v, k) => (above?.known[k] ? v * ofWeights[Math.floor(k / each)] : 0));
  const joined = (g: Float64Array, z: Float64Array): Float64Array => {
    const all = new Float64Array(g.length + z.length);
    all.set(scaleGradient(g));
    all.set(scaleValues(z), g.length);
    return all;
  };
  const nowhere = { entering: matrix(1, sizeOf(layer.input)), leaving: delta };
  const copy = (): DenseMatrix => ({ ...delta, data: delta.data.slice() });
  const map: LinearMap = {
    times: (x) => {
      const entering = matrix(1, x.length, x);
      const own = kind.weightGradient?.(linear, delta, entering, float64) ?? layer;
      return joined(own.weight.data, kind.forward(linear, entering, float64).data);
    },
    transposedTimes: (y) => {
      const split = gradient.weight.data.length;
      const kernels = { ...layer.weight, data: scaleGradient(y.subarray(0, split)) };
      const x = kind.backward({ ...linear, weight: kernels }, copy(), nowhere, float64).data;
      const values = { ...delta, data: scaleValues(y.subarray(split)) };
      axpy(1, kind.backward(linear, values, nowhere, float64).data, x);
      return x;
    },
  };
  const values = above
    ? above.values.data.map((v, k) => v - (bias ? bias[Math.floor(k / each)] : 0))
    : new Float64Array(delta.columns);
  return { map, right: joined(gradient.weight.data, values) };
}
