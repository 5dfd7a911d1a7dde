import type { Conv2dLayer } from '../../types';
import { windowsAlong } from './planes';

/** Where the windows of a convolution lie; a {@link Conv2dLayer} is one. */
export type PatchGeometry = Pick<Conv2dLayer, 'input' | 'kernel' | 'stride' | 'padding'>;

/**
 * Rows of a sample's patch matrix, positions x (C k k): the values under the kernel at each position, zero outside the plane.
 *
 * @param values C x H x W
 * @param target filled from its start
 */
export function patchesInto(geometry: PatchGeometry, values: Float64Array, target: Float64Array): void {
  eachRun(geometry, (to, from, length, outside) => {
    if (outside) target.fill(0, to, to + length);
    else for (let i = 0; i < length; i++) target[to + i] = values[from + i];
  });
}

/**
 * The adjoint: adds every entry of a patch matrix to the value that it was taken from, in place.
 *
 * @param patches positions x (C k k), read from its start
 * @param values C x H x W
 */
export function addPatches(
  geometry: PatchGeometry,
  patches: Float64Array,
  values: Float64Array,
  round: (value: number) => number,
): void {
  eachRun(geometry, (at, to, length, outside) => {
    if (outside) return;
    for (let i = 0; i < length; i++) values[to + i] = round(values[to + i] + patches[at + i]);
  });
}

/** The patch matrix as runs of neighbours: index there, index in the planes, how many; or how many lie outside. */
function eachRun(
  { input: { channels, height, width }, kernel, stride, padding }: PatchGeometry,
  visit: (inPatches: number, inPlanes: number, length: number, outside: boolean) => void,
): void {
  const rows = windowsAlong(height, kernel, stride, padding);
  const columns = windowsAlong(width, kernel, stride, padding);
  let at = 0;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const left = x * stride - padding;
      const before = Math.min(kernel, Math.max(0, -left));
      const end = Math.max(before, Math.min(kernel, width - left));
      for (let c = 0; c < channels; c++)
        for (let a = 0; a < kernel; a++, at += kernel) {
          const down = y * stride - padding + a;
          if (down < 0 || down >= height || before === end) {
            visit(at, 0, kernel, true);
            continue;
          }
          if (before > 0) visit(at, 0, before, true);
          visit(at + before, (c * height + down) * width + left + before, end - before, false);
          if (end < kernel) visit(at + end, 0, kernel - end, true);
        }
    }
}
