import { check } from '../../check';
import type { DenseMatrix, PlaneLayer, PlaneShape } from '../../types';

/** C H W: how many values a sample has. */
export function sizeOf({ channels, height, width }: PlaneShape): number {
  return channels * height * width;
}

/**
 * Shape of what leaves a convolution or pooling: floor((H + 2 padding - kernel) / stride) + 1 rows, columns likewise.
 *
 * @example
 * outputShape({ kind: 'maxPool', input: { channels: 3, height: 9, width: 8 }, size: 2, stride: 2 });
 * // => { channels: 3, height: 4, width: 4 }
 */
export function outputShape(layer: PlaneLayer): PlaneShape {
  const { input, stride } = layer;
  const [channels, size, padding] =
    layer.kind === 'conv2d' ? [layer.weight.rows, layer.kernel, layer.padding] : [input.channels, layer.size, 0];
  const along = (side: number): number => windowsAlong(side, size, stride, padding);
  return { channels, height: along(input.height), width: along(input.width) };
}

/** How many windows of this size fit along a side with padding at both ends. */
export function windowsAlong(side: number, size: number, stride: number, padding: number): number {
  return Math.floor((side + 2 * padding - size) / stride) + 1;
}

/** Calls `visit` for each window of a pooling, in the order of what leaves it: number of the window, index of its first value. */
export function eachWindow(
  layer: Exclude<PlaneLayer, { kind: 'conv2d' }>,
  visit: (window: number, first: number) => void,
): void {
  const { channels, height, width } = outputShape(layer);
  const { input, stride } = layer;
  let window = 0;
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) visit(window++, (c * input.height + y * stride) * input.width + x * stride);
}

/** Throws unless the rows of what enters are samples of the layer's input shape. */
export function checkEntering({ input }: PlaneLayer, { columns }: DenseMatrix): void {
  check(
    columns === sizeOf(input),
    () => `forward: features have ${columns} columns, expected ${sizeOf(input)} (the layer's inputs)`,
  );
}
