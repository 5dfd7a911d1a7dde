import { check } from '../check';
import { matrix } from '../math/matrix';
import { transposeParts } from '../math/transposeParts';
import type { Batch, DenseMatrix, ImageShape, PlaneShape } from '../types';

/**
 * Pictures as convolutional networks take them, C x H x W; without `image`, which means channels last.
 *
 * @throws InputError when the batch says of no shape, or of one that its samples do not have
 * @example
 * const image = { height: 1, width: 2, channels: 3 };
 * const batch = { inputs: { rows: 1, columns: 6, data: Float64Array.of(1, 2, 3, 4, 5, 6) }, labels: Int32Array.of(0), image };
 * data.channelsFirst(batch).inputs.data;  // => [1, 4, 2, 5, 3, 6]
 */
export function channelsFirst({ inputs, labels, image }: Batch): Batch {
  check(image !== undefined, () => 'channelsFirst: the batch has no image, expected height, width and channels');
  return { inputs: reordered('channelsFirst', inputs, image, true), labels };
}

/**
 * The way back: samples C x H x W as pictures with channels last, which figures and scores take.
 *
 * @throws InputError when the samples do not have this shape
 * @example
 * const inputs = { rows: 1, columns: 6, data: Float64Array.of(1, 4, 2, 5, 3, 6) };
 * const shape = { channels: 3, height: 1, width: 2 };
 * data.channelsLast({ inputs, labels: Int32Array.of(0) }, shape).inputs.data;  // => [1, 2, 3, 4, 5, 6]
 */
export function channelsLast({ inputs, labels, image }: Batch, shape: PlaneShape): Batch {
  check(image === undefined, () => 'channelsLast: the batch has an image already, so its channels are last');
  const { height, width, channels } = shape;
  return {
    inputs: reordered('channelsLast', inputs, shape, false),
    labels,
    image: { height, width, channels },
  };
}

function reordered(
  caller: string,
  inputs: DenseMatrix,
  { height, width, channels }: ImageShape,
  first: boolean,
): DenseMatrix {
  const pixels = height * width;
  check(
    inputs.columns === pixels * channels,
    () => `${caller}: samples have ${inputs.columns} entries, expected ${channels} x ${height} x ${width}`,
  );
  const [rows, columns] = first ? [pixels, channels] : [channels, pixels];
  return matrix(inputs.rows, inputs.columns, transposeParts(inputs.data, rows, columns));
}
