import { check } from '../../check';
import type { PlaneShape } from '../../types';
import { windowsAlong } from '../layers/planes';

/**
 * Zeros around each plane that do what TensorFlow's padding 'same' does: ceil(side / stride) windows, the odd zero behind.
 *
 * @param where opens the message
 * @throws InputError where no padding that is the same on all four sides puts the windows in the same places
 */
export function samePadding(where: string, input: PlaneShape, size: number, stride: number): number {
  const sides = [input.height, input.width].map((side) => {
    const windows = Math.ceil(side / stride);
    const zeros = Math.max((windows - 1) * stride + size - side, 0);
    const before = Math.floor(zeros / 2);
    return { before, after: zeros - before, fits: windowsAlong(side, size, stride, before) === windows };
  });
  const [{ before: padding }] = sides;
  check(
    sides.every(({ before, fits }) => fits && before === padding),
    () =>
      `${where}: padding 'same' puts ${sides.map(({ before, after }) => `${before} + ${after}`).join(' and ')} zeros around ` +
      `${input.height} x ${input.width} at stride ${stride}, expected as many on all sides; take an odd kernel at stride 1, or 'valid'`,
  );
  return padding;
}
