import { check, isCount } from '../check';
import { channelsFirst } from '../data/channels';
import { matrix } from '../math/matrix';
import type { Batch, ImageShape } from '../types';

/**
 * Square pictures as a convolutional network takes them, C x H x W in float32, made smaller by the mean over squares of pixels.
 *
 * @throws InputError when the batch has no pictures, or none whose side is a multiple of the one asked for
 */
export function planesAtSide(batch: Batch, side: number): Batch {
  checkSide('planesAtSide', batch.image, side);
  const { height, width } = batch.image;
  const { inputs, labels } = channelsFirst(batch);
  const planes = (inputs.rows * inputs.columns) / (height * width);
  const by = height / side;
  const small = matrix(inputs.rows, (planes / inputs.rows) * side ** 2);
  inputs.data.forEach((v, k) => {
    const [plane, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
    const at = (plane * side + Math.floor(y / by)) * side + Math.floor(x / by);
    small.data[at] = (small.data[at] ?? 0) + v / by ** 2;
  });
  return { inputs: { ...small, data: small.data.map(Math.fround) }, labels };
}

/** Throws unless pictures of this shape can be made this small. */
export function checkSide(caller: string, image: ImageShape | undefined, side: number): asserts image is ImageShape {
  check(image !== undefined, () => `${caller}: the samples are no pictures, expected a data set with \`image\``);
  const { height, width } = image;
  check(
    isCount(side) && height === width && height % side === 0,
    () => `${caller}: side is ${side}, expected a divisor of the pictures' (${height} x ${width})`,
  );
}
