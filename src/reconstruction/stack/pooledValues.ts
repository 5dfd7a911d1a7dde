import { matrix } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { ConvGradient } from './convGradient';
import { convolve, type Product } from './convolution';
import { chosen, type Windows } from './pooling';

/** Pre-activations (leaving x out). */
export function convolved({ taps, weight, bias }: ConvGradient, x: DenseMatrix, product?: Product): DenseMatrix {
  const z = convolve(taps, x, weight, product);
  if (bias) for (let k = 0; k < z.data.length; k++) z.data[k] += bias[k % bias.length];
  return z;
}

/** All positions of a window alike. */
export function evenly(windows: Windows, channels: number): DenseMatrix {
  return chosen(windows, matrix(windows.before, channels), 0);
}

/** Of the values that are not zero. */
export function deviation({ data }: DenseMatrix): number {
  const on = data.filter((v) => v > 0);
  const mean = on.reduce((sum, v) => sum + v, 0) / on.length;
  return Math.sqrt(on.reduce((sum, v) => sum + (v - mean) ** 2, 0) / on.length);
}
