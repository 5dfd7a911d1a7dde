import { check } from '../check';
import type { WriteOptions } from '../data/batchFile';
import { readSafetensors, writeSafetensors } from '../data/safetensors';
import type { AffineLayer, Network } from '../types';
import { layersOf, stateDictOf } from './stateDict';

/**
 * A ReLU network from a .safetensors file with the state_dict of a PyTorch `nn.Sequential` of Linear and ReLU.
 *
 * @throws InputError when the file is damaged, tensors are missing or transposed, layers do not chain, or a value is not finite
 * @example
 * // torch: save_file(nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10)).state_dict(), 'net.safetensors')
 * readModel('net.safetensors').widths;  // => [784, 512, 10]
 */
export function readModel(path: string): Network {
  const layers = layersOf(`readModel: ${path}`, readSafetensors('readModel', path));
  const widths = [(layers[0] as AffineLayer).weight.columns, ...layers.map(({ weight }) => weight.rows)];
  check((widths.at(-1) as number) >= 2, () => `readModel: ${path} has ${widths.at(-1)} class, expected at least 2`);
  return { widths, layers };
}

/** Writes the network as {@link readModel} reads it. */
export function writeModel(path: string, model: Network, { dtype = 'F64' }: WriteOptions = {}): void {
  writeSafetensors(path, stateDictOf(model.layers, dtype));
}
