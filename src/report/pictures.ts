import { transposeParts } from '../math/transposeParts';
import { png } from '../viz/png';

/** How a sample's values make a picture: in the order in which they were flattened. */
export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** whether whole planes follow each other (C x H x W), as in PyTorch, or the values of each pixel */
  readonly channelsFirst: boolean;
}

/** Values shown black and white. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Bytes of pixels in a page: 64 pictures stay below 6 MB as base64, even where they do not compress. */
const most = 3.5e6;

/** The range in which all these samples are shown: [0, 1] where they keep to it, else from the least to the largest value. */
export function rangeOf(inputs: readonly Float64Array[]): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const input of inputs)
    for (const v of input) {
      if (v < low) low = v;
      if (v > high) high = v;
    }
  if (low >= -0.02 && high <= 1.02) return { low: 0, high: 1 };
  return high > low ? { low, high } : { low: low - 1, high: low + 1 };
}

/** The range of one sample without its wildest values: of a row that may be no sample at all. */
export function innerRange(input: Float64Array): Range {
  const sorted = input.slice().sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.01), at(0.99)];
  return high > low ? { low, high } : { low: low - 1, high: low + 1 };
}

/** By how much pictures are made smaller so that this many fit on a page. */
export function shrinkFor({ height, width, channels }: PictureShape, pictures: number): number {
  let k = 1;
  while (pictures * Math.ceil(height / k) * Math.ceil(width / k) * channels > most) k++;
  return k;
}

/** A sample as a PNG in a data URL; smaller by averaging k x k pixels. */
export function pictureUrl(input: Float64Array, shape: PictureShape, { low, high }: Range, k = 1): string {
  const { height, width, channels, channelsFirst } = shape;
  const pixels = channelsFirst ? transposeParts(input, channels, height * width) : input;
  const [rows, columns] = [Math.ceil(height / k), Math.ceil(width / k)];
  const bytes = new Uint8Array(rows * columns * channels);
  for (let at = 0; at < bytes.length; at++) {
    const c = at % channels;
    const x = Math.floor(at / channels) % columns;
    const y = Math.floor(at / channels / columns);
    let [sum, count] = [0, 0];
    for (let v = y * k; v < Math.min(height, (y + 1) * k); v++)
      for (let u = x * k; u < Math.min(width, (x + 1) * k); u++, count++)
        sum += pixels[(v * width + u) * channels + c] ?? 0;
    bytes[at] = Math.round(255 * Math.min(1, Math.max(0, (sum / count - low) / (high - low))));
  }
  const file = png({ height: rows, width: columns, channels, bytes });
  return `data:image/png;base64,${Buffer.from(file).toString('base64')}`;
}
