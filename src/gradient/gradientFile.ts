import { check } from '../check';
import type { WriteOptions } from '../data/batchFile';
import { readSafetensors, type Tensor, writeSafetensors } from '../data/safetensors';
import { type Architecture, readArchitecture } from '../model/architecture';
import { foldNormGradients } from '../model/batchNormTensors';
import { convNetFrom, convTensors } from '../model/convStateDict';
import { weightedLayers } from '../model/layers';
import { numberedModules } from '../model/numberedModules';
import { layersOf, stateDictOf } from '../model/stateDict';
import type { AffineLayer, AveragedGradient, Reduction } from '../types';

/** Options of {@link readGradient}. */
export interface ReadGradientOptions {
  /** how the client combined its samples, which the file does not say. @default 'mean' */
  readonly reduction?: Reduction;
  /** the .json file with the modules of a convolutional network, as `readConvNet` takes it. @default none: an nn.Sequential of Linear and ReLU */
  readonly architecture?: string;
  /** the network's own .safetensors file, needed where the architecture has batch normalisation: it has the running statistics. @default none */
  readonly model?: string;
}

/** Options of {@link writeGradient}. */
export interface WriteGradientOptions extends WriteOptions {
  /** the .json file with the modules of a convolutional network, whose names the tensors get. @default none */
  readonly architecture?: string;
}

/**
 * A shared gradient from a .safetensors file, named like the weights it belongs to; its precision is float32 when all numbers are
 * float32 numbers, whatever the file's type, and `shared` says when they are no more than halves (F16, BF16).
 *
 * @throws InputError when the file is damaged, tensors are missing or transposed, or a value is not finite
 * @example
 * // or from PyTorch: save_file({n: p.grad for n, p in net.named_parameters()}, 'gradient.safetensors')
 * writeGradient('gradient.safetensors', captureGradient(model, secret, { precision: 'float32' }));
 * readGradient('gradient.safetensors').precision;  // => 'float32'
 */
export function readGradient(path: string, options: ReadGradientOptions = {}): AveragedGradient {
  const { reduction = 'mean', architecture, model } = options;
  check(
    reduction === 'mean' || reduction === 'sum',
    () => `readGradient: reduction is ${reduction}, expected 'mean' or 'sum'`,
  );
  const tensors = readSafetensors('readGradient', path);
  const source = `readGradient: ${path}`;
  const gradients =
    architecture === undefined
      ? layersOf(source, tensors)
      : gradientsOf(source, readArchitecture('readGradient', architecture), tensors, model);
  // float32 numbers stored as F64 are still float32
  const rounded = [...tensors.values()].every(
    ({ dtype, data }) => dtype !== 'F64' || data.every((v) => Math.fround(v) === v),
  );
  const has = (dtype: Tensor['dtype']): boolean => [...tensors.values()].some((tensor) => tensor.dtype === dtype);
  const shared = has('BF16') ? 'bfloat16' : has('F16') ? 'float16' : null;
  return { gradients, reduction, precision: rounded ? 'float32' : 'float64', ...(shared && { shared }) };
}

/**
 * Writes the gradient as {@link readGradient} reads it; by default in its own precision.
 *
 * @example
 * writeGradient('gradient.safetensors', gradient);
 * certify(model, readGradient('gradient.safetensors'), secret).verdict;  // => 'holds'
 */
export function writeGradient(path: string, gradient: AveragedGradient, options: WriteGradientOptions = {}): void {
  const { dtype = gradient.precision === 'float32' ? 'F32' : 'F64', architecture } = options;
  const tensors =
    architecture === undefined
      ? stateDictOf(gradient.gradients, dtype)
      : convTensors('writeGradient', readArchitecture('writeGradient', architecture), gradient.gradients, dtype);
  writeSafetensors(path, tensors);
}

/** The gradient has the shapes of the weights, so it is read as if it were a network. */
function gradientsOf(
  source: string,
  architecture: Architecture,
  tensors: ReadonlyMap<string, Tensor>,
  model: string | undefined,
): AffineLayer[] {
  const numbered = (from: ReadonlyMap<string, Tensor>) => numberedModules(source, architecture, from);
  const weights = model === undefined ? undefined : numbered(readSafetensors('readGradient', model));
  const own = foldNormGradients(source, architecture, numbered(tensors), weights);
  const net = convNetFrom(source, architecture, own, 'ignored');
  return weightedLayers(net).map(({ weight, bias }) => ({ weight, ...(bias && { bias }) }));
}
