import { check, isCount } from '../check';
import { matrix, row } from '../math/matrix';
import type { ImageShape } from '../types';
import { type Dataset, dataset } from './dataset';

/**
 * The same pictures at another side, as a network takes them: smaller by averaging whole blocks of pixels, or with a black frame.
 *
 * @param side at least that of the pictures, or an integer part of it
 * @throws InputError when the set has no pictures, they are not square, or the side is none of these
 * @example
 * data.atSide(await data.mnist(), 32).image;  // => { height: 32, width: 32, channels: 1 }
 */
export function atSide(set: Dataset, side: number): Dataset {
  const { name, inputs, labels, classes, image } = set;
  check(
    image !== undefined && image.height === image.width,
    () => `atSide: ${name} has no square pictures, expected some`,
  );
  const { width } = image;
  check(
    isCount(side) && (side >= width || width % side === 0),
    () => `atSide: side is ${side}, expected at least ${width} or an integer part of it`,
  );
  if (side === width) return set;
  const shape = { height: side, width: side, channels: image.channels };
  const pictures = matrix(inputs.rows, side * side * image.channels);
  const place = side > width ? framed : averaged;
  for (let m = 0; m < inputs.rows; m++) place(row(inputs, m), image, row(pictures, m), shape);
  return dataset({ name, inputs: pictures, labels, classes, image: shape });
}

/** In the middle, zeros around it. */
function framed(
  from: Float64Array,
  { width, channels }: ImageShape,
  to: Float64Array,
  { width: side }: ImageShape,
): void {
  const edge = Math.floor((side - width) / 2);
  const line = width * channels;
  for (let y = 0; y < width; y++)
    to.set(from.subarray(y * line, (y + 1) * line), ((y + edge) * side + edge) * channels);
}

/** The mean of each block. */
function averaged(
  from: Float64Array,
  { width, channels }: ImageShape,
  to: Float64Array,
  { width: side }: ImageShape,
): void {
  const block = width / side;
  from.forEach((v, k) => {
    const [y, x, c] = [Math.floor(k / (width * channels)), Math.floor(k / channels) % width, k % channels];
    const at = (Math.floor(y / block) * side + Math.floor(x / block)) * channels + c;
    to[at] = (to[at] ?? 0) + v / block ** 2;
  });
}
