import { axpy, dot, norm } from '../../math/matrix';
import { normal, type Rng } from '../../math/rng';
import type { LossSubspace } from './lossSubspace';

/** The space left for the inputs of samples not yet found. */
export interface Deflation {
  /** columns of the samples taken out, and what each adds to an orthonormal basis of their span, null when nothing */
  readonly found: readonly Float64Array[];
  readonly basis: readonly (Float64Array | null)[];
  /** coordinates a of a random point of it, with Vᵀ a homogeneous (last entry 1) */
  draw(uniform: Rng): Float64Array;
  /** length of the part of a unit vector q outside the span of the found columns */
  outside(q: Float64Array): number;
}

/**
 * Found samples shrink the space of the rest: coordinates a of a sample satisfy (a / S) . q_k = 0 for every other
 * sample k (method 4). With one sample missing, a is determined, hence its pattern, hence its q.
 *
 * @param before an earlier one, whose basis is kept as far as the columns are the same
 */
export function deflation(
  { rank, s, v, biases }: LossSubspace,
  found: readonly Float64Array[],
  before?: Deflation,
): Deflation {
  const basis: (Float64Array | null)[] = [];
  const project = (x: Float64Array): void => {
    for (const b of basis) if (b) axpy(-dot(b, x), b, x);
  };
  if (before) basis.push(...before.basis.slice(0, inCommon(found, before.found)));
  for (const q of found.slice(basis.length)) {
    const x = q.slice();
    for (let pass = 0; pass < 2; pass++) project(x);
    const size = norm(x);
    basis.push(size > 1e-12 ? x.map((value) => value / size) : null);
  }
  // (Vᵀ a)_last = one . a / S; without biases any positive size will do, since patterns do not depend on it
  const one = Float64Array.from({ length: rank }, (_, k) => s[k] * v.data[(k + 1) * v.columns - 1]);
  project(one);
  const square = biases ? dot(one, one) : 0;
  const offset = one.map((x, k) => (square > 0 ? (x * s[k]) / square : 0));
  const distance = biases ? Math.sqrt(Math.max(dot(offset, offset) - 1, 1e-30)) : 1;
  return {
    found,
    basis,
    outside(q) {
      const x = q.slice();
      for (let pass = 0; pass < 2; pass++) project(x);
      return norm(x);
    },
    draw(uniform) {
      const x = Float64Array.from({ length: rank }, () => normal(uniform));
      project(x);
      if (square > 0) axpy(-dot(one, x) / square, one, x);
      // with one sample missing nothing is left but rounding: then the offset alone is that sample
      const size = norm(x) > 1e-9 ? norm(x.map((value, k) => value * s[k])) : 0;
      const a = x.map((value, k) => value * s[k]);
      const spread = 0.25 * 10 ** uniform() * distance;
      return a.map((value, k) => offset[k] + (size > 0 ? (value * spread) / size : 0));
    },
  };
}

/** Columns that two lists have in common from the beginning on. */
export function inCommon(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  const differs = a.findIndex((q, i) => !b[i] || q.some((x, k) => x !== b[i]?.[k]));
  return differs < 0 ? a.length : differs;
}
