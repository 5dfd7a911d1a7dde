import { norm, row, rowsOf } from '../../math/matrix';
import { type Taps, tapsOf } from '../../model/layers/taps';
import type { Conv2dLayer, DenseMatrix } from '../../types';
import { byTap } from './byTap';

/** A convolution as the attack sees it: weights and gradient of the filters that have one, and where it looks. */
export interface ConvGradient {
  /** of the layer; those that never fired share nothing, and say nothing of what is below */
  readonly filters: readonly number[];
  readonly bias: Float64Array | undefined;
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
  const all = filterNorms([gradient]);
  const filters = [...all.keys()].filter((o) => all[o] > 0);
  const [parts, weight] = [gradient, layer.weight].map((own) => byTap(rowsOf(own, filters), count));
  const bias = layer.bias && Float64Array.from(filters, (o) => layer.bias?.[o] ?? 0);
  return { filters, bias, taps, weight, gradient: parts, sizes: Float64Array.from(filters, (o) => all[o]) };
}

/** Norm of each filter over all taps. */
export function filterNorms(kernels: readonly DenseMatrix[]): Float64Array {
  const squares = new Float64Array(kernels[0].rows);
  for (const k of kernels) for (let o = 0; o < k.rows; o++) squares[o] += norm(row(k, o)) ** 2;
  return squares.map(Math.sqrt);
}

/** Norm of what is left of each filter's gradient, relative to its size. */
export function relativeMisfits({ sizes }: ConvGradient, left: readonly DenseMatrix[]): Float64Array {
  return filterNorms(left).map((v, o) => v / sizes[o]);
}

/** a - b, tap by tap, in the place of b. */
export function minus(a: readonly DenseMatrix[], b: readonly DenseMatrix[]): readonly DenseMatrix[] {
  b.forEach(({ data }, t) => {
    const own = a[t].data;
    for (let k = 0; k < data.length; k++) data[k] = own[k] - data[k];
  });
  return b;
}
