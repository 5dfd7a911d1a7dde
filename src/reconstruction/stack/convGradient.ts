import { norm, row } from '../../math/matrix';
import type { Conv2dLayer, DenseMatrix } from '../../types';
import { byTap, type Taps, tapsOf } from './taps';

/** A convolution as the attack sees it: its weights, its gradient, and where it looks. */
export interface ConvGradient {
  readonly layer: Conv2dLayer;
  readonly taps: Taps;
  /** weights and their gradient, tap by tap (out x C each) */
  readonly weight: readonly DenseMatrix[];
  readonly gradient: readonly DenseMatrix[];
  /** norm of each filter's gradient */
  readonly sizes: Float64Array;
}

/** @param gradient out x (C k k), as shared */
export function convGradient(layer: Conv2dLayer, gradient: DenseMatrix, samples: number): ConvGradient {
  const taps = tapsOf(layer, samples);
  const count = taps.seen.length;
  const parts = byTap(gradient, count);
  return { layer, taps, weight: byTap(layer.weight, count), gradient: parts, sizes: filterNorms(parts) };
}

/** Equations that each channel below has, all filters together. */
export function equationsOf({ taps, sizes }: Pick<ConvGradient, 'taps' | 'sizes'>): number {
  return taps.seen.length * sizes.length;
}

/** Norm of each filter over all taps. */
export function filterNorms(kernels: readonly DenseMatrix[]): Float64Array {
  const squares = new Float64Array(kernels[0].rows);
  for (const k of kernels) for (let o = 0; o < k.rows; o++) squares[o] += norm(row(k, o)) ** 2;
  return squares.map(Math.sqrt);
}

/** Norm of what is left of each filter's gradient, relative to its size; 0 for filters without one. */
export function relativeMisfits({ sizes }: ConvGradient, left: readonly DenseMatrix[]): Float64Array {
  return filterNorms(left).map((v, o) => (sizes[o] > 0 ? v / sizes[o] : 0));
}

/** a - b, tap by tap, in the place of b. */
export function minus(a: readonly DenseMatrix[], b: readonly DenseMatrix[]): readonly DenseMatrix[] {
  b.forEach(({ data }, t) => {
    const own = a[t].data;
    for (let k = 0; k < data.length; k++) data[k] = own[k] - data[k];
  });
  return b;
}
