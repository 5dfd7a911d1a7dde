import { matrix, row } from '../../math/matrix';
import type { Conv2dLayer, DenseMatrix } from '../../types';
import { patchesInto } from './patches';
import { outputShape } from './planes';

/** Some neighbouring samples whose patch matrices are handled together. */
export interface Part {
  readonly first: number;
  readonly count: number;
}

/** Numbers of a patch matrix at a time: 16 MB, enough for the product to be fast, and the same for any M. */
const PATCH_NUMBERS = 2 ** 21;

/** Splits M samples so that the patches of a part stay small; at least one sample each. */
export function parts(layer: Conv2dLayer, samples: number): Part[] {
  const most = Math.max(1, Math.floor(PATCH_NUMBERS / (positions(layer) * layer.weight.columns)));
  const count = Math.ceil(samples / most);
  return Array.from({ length: count }, (_, i) => ({ first: i * most, count: Math.min(most, samples - i * most) }));
}

/** The patch matrices of a part's samples, one below the other: (count positions) x (C k k). */
export function patchesOf(layer: Conv2dLayer, entering: DenseMatrix, { first, count }: Part): DenseMatrix {
  const perSample = positions(layer) * layer.weight.columns;
  const patches = matrix(count * positions(layer), layer.weight.columns);
  for (let s = 0; s < count; s++) patchesInto(layer, row(entering, first + s), patches.data.subarray(s * perSample));
  return patches;
}

/** Rows first, first + 1, … of M x (out positions), side by side: out x (count positions). */
export function toChannels(layer: Conv2dLayer, samples: DenseMatrix, { first, count }: Part): DenseMatrix {
  const [out, each] = [layer.weight.rows, positions(layer)];
  const channels = matrix(out, count * each);
  for (let s = 0; s < count; s++)
    for (let o = 0; o < out; o++)
      row(channels, o).set(row(samples, first + s).subarray(o * each, (o + 1) * each), s * each);
  return channels;
}

/** The way back from {@link toChannels}, into the rows of `samples`. */
export function toSamples(channels: DenseMatrix, samples: DenseMatrix, { first, count }: Part): void {
  const each = channels.columns / count;
  for (let s = 0; s < count; s++)
    for (let o = 0; o < channels.rows; o++)
      row(samples, first + s).set(row(channels, o).subarray(s * each, (s + 1) * each), o * each);
}

function positions(layer: Conv2dLayer): number {
  const { height, width } = outputShape(layer);
  return height * width;
}
