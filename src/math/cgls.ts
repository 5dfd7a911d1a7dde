import { axpy, dot } from './matrix';

/** A linear map given by its two products. */
export interface LinearMap {
  readonly times: (x: Float64Array) => Float64Array;
  readonly transposedTimes: (y: Float64Array) => Float64Array;
}

/**
 * Least-norm least-squares solution of A x = b by conjugate gradients on the normal equations, started at zero
 * (CGLS; Björck 1996, "Numerical methods for least squares problems", section 7.4). Rank-deficient A are welcome.
 *
 * @param tolerance stops when ||Aᵀ (b - A x)|| has fallen by this factor. @default 1e-14
 * @example
 * cgls({ times: (x) => x.map((v) => 2 * v), transposedTimes: (y) => y.map((v) => 2 * v) }, Float64Array.of(4));  // => [2]
 */
export function cgls(
  { times, transposedTimes }: LinearMap,
  b: Float64Array,
  iterations = 200,
  tolerance = 1e-14,
): Float64Array {
  const r = b.slice();
  let s = transposedTimes(r);
  const x = new Float64Array(s.length);
  let p = s.slice();
  let size = dot(s, s);
  const goal = tolerance * tolerance * size;
  for (let k = 0; k < iterations && size > goal && size > 0; k++) {
    const q = times(p);
    const gain = dot(q, q);
    if (!(gain > 0)) break;
    axpy(size / gain, p, x);
    axpy(-size / gain, q, r);
    s = transposedTimes(r);
    const next = dot(s, s);
    const previous = p;
    p = s.slice();
    axpy(next / size, previous, p);
    size = next;
  }
  return x;
}
