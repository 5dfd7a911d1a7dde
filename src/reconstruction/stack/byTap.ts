import { matrix, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';

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
