import { matrix, row } from '../../math/matrix';
import type { PatchGeometry } from '../../model/layers/patches';
import { windowsAlong } from '../../model/layers/planes';
import type { DenseMatrix } from '../../types';

/** Where a convolution looks, for M samples at once, positions of all samples counted through. */
export interface Taps {
  /** for each tap of the kernel (row-major): the entering position that each leaving one sees there, -1 outside the plane */
  readonly seen: readonly Int32Array[];
  /** M H W */
  readonly entering: number;
  readonly leaving: number;
}

export function tapsOf({ input, kernel, stride, padding }: PatchGeometry, samples: number): Taps {
  const { height, width } = input;
  const rows = windowsAlong(height, kernel, stride, padding);
  const columns = windowsAlong(width, kernel, stride, padding);
  const leaving = samples * rows * columns;
  const seen = Array.from({ length: kernel * kernel }, (_, tap) => {
    const [a, b] = [Math.floor(tap / kernel), tap % kernel];
    return Int32Array.from({ length: leaving }, (_, q) => {
      const [m, place] = [Math.floor(q / (rows * columns)), q % (rows * columns)];
      const y = Math.floor(place / columns) * stride - padding + a;
      const x = (place % columns) * stride - padding + b;
      return y < 0 || y >= height || x < 0 || x >= width ? -1 : (m * height + y) * width + x;
    });
  });
  return { seen, entering: samples * height * width, leaving };
}

/** Kernels, or their gradient, tap by tap: k k matrices of out x C from one of out x (C k k). */
export function byTap(kernels: DenseMatrix, taps: number): DenseMatrix[] {
  const channels = kernels.columns / taps;
  return Array.from({ length: taps }, (_, t) => {
    const part = matrix(kernels.rows, channels);
    for (let o = 0; o < kernels.rows; o++) {
      const own = row(kernels, o);
      for (let c = 0; c < channels; c++) part.data[o * channels + c] = own[c * taps + t];
    }
    return part;
  });
}
