import { matrix } from '../math/matrix';
import type { AffineLayer } from '../types';

/**
 * a - b, layer by layer.
 *
 * @param spent whether b is needed no more: the difference then takes its place. @default false
 */
export function gradientDifference(a: readonly AffineLayer[], b: readonly AffineLayer[], spent = false): AffineLayer[] {
  return a.map(({ weight, bias }, i) => {
    const other = b[i];
    const rest = { ...weight, data: minus(weight.data, other.weight.data, spent) };
    return bias && other.bias ? { weight: rest, bias: minus(bias, other.bias, spent) } : { weight: rest };
  });
}

function minus(x: Float64Array, y: Float64Array, spent: boolean): Float64Array {
  const rest = spent ? y : new Float64Array(x.length);
  for (let k = 0; k < x.length; k++) rest[k] = x[k] - y[k];
  return rest;
}

/** Euclidean norm of all layers together. */
export function gradientNorm(layers: readonly AffineLayer[]): number {
  let sum = 0;
  for (const { weight, bias } of layers) {
    for (const v of weight.data) sum += v * v;
    for (const v of bias ?? []) sum += v * v;
  }
  return Math.sqrt(sum);
}

/** All entries in one vector: weights of layer 0, its biases, weights of layer 1, … */
export function flattenGradient(layers: readonly AffineLayer[]): Float64Array {
  const parts = layers.flatMap(({ weight, bias }) => (bias ? [weight.data, bias] : [weight.data]));
  const flat = new Float64Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    flat.set(part, at);
    at += part.length;
  }
  return flat;
}

/** The inverse of {@link flattenGradient}, shaped like `like`; views, no copy. */
export function unflattenGradient(flat: Float64Array, like: readonly AffineLayer[]): AffineLayer[] {
  let at = 0;
  const take = (length: number): Float64Array => {
    at += length;
    return flat.subarray(at - length, at);
  };
  return like.map(({ weight, bias }) => {
    const w = matrix(weight.rows, weight.columns, take(weight.data.length));
    return bias ? { weight: w, bias: take(bias.length) } : { weight: w };
  });
}
