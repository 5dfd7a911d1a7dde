import { check } from '../check';
import type { WriteOptions } from '../data/batchFile';
import { readSafetensors, writeSafetensors } from '../data/safetensors';
import { layersOf, stateDictOf } from '../model/stateDict';
import type { AveragedGradient, Reduction } from '../types';

/** Options of {@link readGradient}. */
export interface ReadGradientOptions {
  /** how the client combined its samples, which the file does not say. @default 'mean' */
  readonly reduction?: Reduction;
}

/**
 * A shared gradient from a .safetensors file, named like the weights it belongs to; its precision is float32 when all numbers are
 * float32 numbers, whatever the file's type.
 *
 * @throws InputError when the file is damaged, tensors are missing or transposed, or a value is not finite
 * @example
 * // or from PyTorch: save_file({n: p.grad for n, p in net.named_parameters()}, 'gradient.safetensors')
 * writeGradient('gradient.safetensors', captureGradient(model, secret, { precision: 'float32' }));
 * readGradient('gradient.safetensors').precision;  // => 'float32'
 */
export function readGradient(path: string, { reduction = 'mean' }: ReadGradientOptions = {}): AveragedGradient {
  check(
    reduction === 'mean' || reduction === 'sum',
    () => `readGradient: reduction is ${reduction}, expected 'mean' or 'sum'`,
  );
  const tensors = readSafetensors('readGradient', path);
  const gradients = layersOf(`readGradient: ${path}`, tensors);
  // float32 numbers stored as F64 are still float32
  const rounded = [...tensors.values()].every(({ data }) => data.every((v) => Math.fround(v) === v));
  return { gradients, reduction, precision: rounded ? 'float32' : 'float64' };
}

/**
 * Writes the gradient as {@link readGradient} reads it; by default in its own precision.
 *
 * @example
 * writeGradient('gradient.safetensors', gradient);
 * certify(model, readGradient('gradient.safetensors'), secret).verdict;  // => 'holds'
 */
export function writeGradient(path: string, gradient: AveragedGradient, options: WriteOptions = {}): void {
  const { dtype = gradient.precision === 'float32' ? 'F32' : 'F64' } = options;
  writeSafetensors(path, stateDictOf(gradient.gradients, dtype));
}
