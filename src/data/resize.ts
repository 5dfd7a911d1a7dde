import type { ImageShape } from '../types';

/** A picture of numbers, channels last. */
export interface Pixels extends ImageShape {
  readonly data: ArrayLike<number>;
}

/** The middle of a picture, as large a square as it has. */
export function centreSquare({ data, width, height, channels }: Pixels): Pixels {
  const side = Math.min(width, height);
  const [top, left] = [Math.floor((height - side) / 2), Math.floor((width - side) / 2)];
  const result = new Float64Array(side * side * channels);
  for (let y = 0, to = 0; y < side; y++) {
    const from = ((top + y) * width + left) * channels;
    for (let k = 0; k < side * channels; k++) result[to++] = data[from + k] as number;
  }
  return { data: result, width: side, height: side, channels };
}

/** At another size: linear between pixels when it grows, the mean of what a pixel covers, weighted by a tent, when it shrinks. */
export function resized(picture: Pixels, width: number, height: number): Pixels {
  if (picture.width === width && picture.height === height) return picture;
  return turnedAt(turnedAt(picture, height), width);
}

/** The picture at another height, rows and columns swapped: done twice it is a resizing. */
function turnedAt({ data, width, height, channels }: Pixels, size: number): Pixels {
  const result = new Float64Array(size * width * channels);
  for (let y = 0; y < size; y++) {
    const { first, weights } = tent(height, size, y);
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        weights.forEach((w, k) => {
          sum += w * (data[((first + k) * width + x) * channels + c] as number);
        });
        result[(x * size + y) * channels + c] = sum;
      }
  }
  return { data: result, width: size, height: width, channels };
}

/** Weights of the pixels that make pixel k of `to`, out of `from`. */
function tent(from: number, to: number, k: number): { first: number; weights: number[] } {
  const scale = from / to;
  const reach = Math.max(1, scale);
  const centre = (k + 0.5) * scale;
  const first = Math.max(0, Math.floor(centre - reach + 0.5));
  const last = Math.min(from, Math.floor(centre + reach + 0.5));
  const raw = Array.from({ length: last - first }, (_, i) =>
    Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / reach),
  );
  const all = raw.reduce((sum, w) => sum + w, 0);
  return { first, weights: raw.map((w) => w / all) };
}
