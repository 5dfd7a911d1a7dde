import type { PlaneShape } from '../../../types';

/** Planes of one sample as the kernels read them: the channels of a pixel side by side, zeros all around. */
export interface Plane {
  readonly shape: PlaneShape;
  /** width of the zeros on each side */
  readonly padding: number;
  /** words from one row to the next */
  readonly row: number;
  /** first word, counted from the start of a set of planes */
  readonly start: number;
  readonly words: number;
  /** word that stands for no pixel and is always zero */
  readonly nowhere: number;
}

/** A run of the kernel reads less than this behind its last number, where the weights are zero. */
const slack = 8;

/** The plane that begins at this word. */
export function planeAt(start: number, shape: PlaneShape, padding: number): Plane {
  const row = (shape.width + 2 * padding) * shape.channels;
  const used = (shape.height + 2 * padding) * row;
  return { shape, padding, row, start, words: used + slack + 1, nowhere: start + used + slack };
}

/** Word of the first channel of pixel (y, x); inside the padding for -padding <= y, x < 0 and behind the end. */
export function wordOf({ start, row, padding, shape }: Plane, y: number, x: number): number {
  return start + (y + padding) * row + (x + padding) * shape.channels;
}

/** Word of each value in the order of {@link PlaneShape}: C x H x W. */
export function wordsOf(plane: Plane): Int32Array {
  const { channels, height, width } = plane.shape;
  return Int32Array.from({ length: channels * height * width }, (_, k) => {
    const [c, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
    return wordOf(plane, y, x) + c;
  });
}
