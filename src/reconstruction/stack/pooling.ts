import { matrix } from '../../math/matrix';
import { eachWindow, sizeOf } from '../../model/layers/planes';
import type { DenseMatrix, MaxPoolLayer } from '../../types';

/** Which positions a pooling of one plane compares: windows do not overlap. */
export interface Windows {
  /** for each pooled position of all samples, its positions before pooling */
  readonly members: readonly Int32Array[];
  /** positions before pooling, of all samples */
  readonly before: number;
}

/** @returns null for windows that overlap */
export function windowsOf(layer: MaxPoolLayer, samples: number): Windows | null {
  if (layer.stride < layer.size) return null;
  const plane = { ...layer, input: { ...layer.input, channels: 1 } };
  const before = sizeOf(plane.input);
  const members: Int32Array[] = [];
  for (let m = 0; m < samples; m++)
    eachWindow(plane, (_, first) => {
      const { size, input } = layer;
      const inside = (k: number): number => m * before + first + Math.floor(k / size) * input.width + (k % size);
      members.push(Int32Array.from({ length: size * size }, (_, k) => inside(k)));
    });
  return { members, before: samples * before };
}

/** Pooled values at each of their window's positions, times a choice there; zero outside all windows. */
export function unpooled({ members, before }: Windows, pooled: DenseMatrix, choice?: DenseMatrix): DenseMatrix {
  const { columns } = pooled;
  const result = matrix(before, columns);
  members.forEach((window, w) => {
    for (const q of window)
      for (let c = 0; c < columns; c++)
        result.data[q * columns + c] = pooled.data[w * columns + c] * (choice ? choice.data[q * columns + c] : 1);
  });
  return result;
}

/** In each window and channel: weights exp(sharpness score) that add up to 1; Infinity puts all on the first largest. */
export function chosen({ members, before }: Windows, scores: DenseMatrix, sharpness: number): DenseMatrix {
  const { columns, data } = scores;
  const result = matrix(before, columns);
  for (const window of members)
    for (let c = 0; c < columns; c++) {
      let best = window[0];
      for (const q of window) if (data[q * columns + c] > data[best * columns + c]) best = q;
      if (sharpness === Number.POSITIVE_INFINITY) {
        result.data[best * columns + c] = 1;
        continue;
      }
      let total = 0;
      for (const q of window)
        total += result.data[q * columns + c] = Math.exp(
          sharpness * (data[q * columns + c] - data[best * columns + c]),
        );
      for (const q of window) result.data[q * columns + c] /= total;
    }
  return result;
}
