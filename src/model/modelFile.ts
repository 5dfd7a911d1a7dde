import { check } from '../check';
import type { WriteOptions } from '../data/batchFile';
import { readSafetensors, writeSafetensors } from '../data/safetensors';
import type { Mlp, PiecewiseLinear } from '../types';
import { checkRelu } from './checkActivation';
import { mlpOf } from './mlp';
import { layersOf, stateDictOf } from './stateDict';

/**
 * A fully connected network from a .safetensors file with the state_dict of a PyTorch `nn.Sequential` of Linear layers and activations.
 *
 * @param activation of all hidden layers, or one for each: the file does not tell. @default ReLU
 * @throws InputError when the file is damaged, tensors are missing or transposed, layers do not chain, or a value is not finite
 * @example
 * // or from PyTorch: save_file(net.state_dict(), 'net.safetensors')
 * writeModel('net.safetensors', model);
 * readModel('net.safetensors').widths;  // => [784, 512, 10]
 */
export function readModel(path: string, activation?: PiecewiseLinear | readonly PiecewiseLinear[]): Mlp {
  const model = mlpOf(layersOf(`readModel: ${path}`, readSafetensors('readModel', path)), activation);
  const classes = model.dense[model.dense.length - 1].weight.rows;
  check(classes >= 2, () => `readModel: ${path} has ${classes} class, expected at least 2`);
  return model;
}

/**
 * Writes a ReLU network as {@link readModel} reads it.
 *
 * @throws InputError for other activations, which the file has no place for, or when it cannot be written
 * @example
 * writeModel('net.safetensors', model, { dtype: 'F32' });
 * readModel('net.safetensors').dense[0].weight.data[0] === Math.fround(model.dense[0].weight.data[0]);  // => true
 */
export function writeModel(path: string, model: Mlp, { dtype = 'F64' }: WriteOptions = {}): void {
  checkRelu('writeModel', model);
  writeSafetensors(path, stateDictOf(model.dense, dtype));
}
