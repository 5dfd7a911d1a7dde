import { norm } from '../../math/matrix';
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

/** Norm of each filter over all taps. */
export function filterNorms(kernels: readonly DenseMatrix[]): Float64Array {
  return Float64Array.from({ length: kernels[0].rows }, (_, o) =>
    Math.hypot(...kernels.map(({ columns, data }) => norm(data.subarray(o * columns, (o + 1) * columns)))),
  );
}

/** a - b, tap by tap. */
export function minus(a: readonly DenseMatrix[], b: readonly DenseMatrix[]): DenseMatrix[] {
  return a.map((own, t) => ({ ...own, data: own.data.map((v, k) => v - b[t].data[k]) }));
}
