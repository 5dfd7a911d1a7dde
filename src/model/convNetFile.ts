import { check } from '../check';
import type { WriteOptions } from '../data/batchFile';
import { writeAtomically } from '../data/files';
import { readSafetensors, writeSafetensors } from '../data/safetensors';
import type { ConvNet } from '../types';
import { readArchitecture } from './architecture';
import { architectureOf } from './architectureOf';
import { foldNorms } from './batchNormTensors';
import { convNetFrom, convTensors, slopeTensors } from './convStateDict';
import { classesOf, weightedLayers } from './layers';
import { numberedModules } from './numberedModules';

/**
 * A convolutional network from a .safetensors file with a PyTorch state_dict, and a .json file with its modules in the order in which they are called.
 *
 * The architecture is `{ "input": [C, H, W], "layers": [{ "type": "Conv2d", "stride": 1, "padding": 1 }, { "type": "ReLU" },
 * { "type": "MaxPool2d", "kernel": 2 }, { "type": "Flatten" }, { "type": "Linear" }] }`; understood too are AvgPool2d,
 * AdaptiveAvgPool2d (`output`), LeakyReLU (`slope`), ReLU6, PReLU behind the first Linear, Sigmoid before it, Dropout, which is taken to be off, and BatchNorm2d or
 * BatchNorm1d (`eps`) in inference mode, folded into the layer before it. In an `nn.Sequential` a module's place in the list is its number in the state_dict; other names are matched
 * by number, kind and shape, or told: `{ "type": "Conv2d", "name": "conv1" }`.
 *
 * @throws InputError when a file is damaged, a module, key or order is not understood, or a tensor does not fit
 * @example
 * // or from PyTorch: save_file(net.state_dict(), 'net.safetensors')
 * writeConvNet('net.safetensors', 'net.json', lenet());
 * readConvNet('net.safetensors', 'net.json').head.widths;  // => [400, 120, 84, 10]
 */
export function readConvNet(path: string, architecturePath: string): ConvNet {
  const architecture = readArchitecture('readConvNet', architecturePath);
  const source = `readConvNet: ${path}`;
  const tensors = foldNorms(
    source,
    architecture,
    numberedModules(source, architecture, readSafetensors('readConvNet', path)),
  );
  const net = convNetFrom(source, architecture, tensors);
  const classes = classesOf(net);
  check(classes >= 2, () => `readConvNet: ${path} has ${classes} class, expected at least 2`);
  return net;
}

/**
 * Writes the network and its architecture as {@link readConvNet} reads them.
 *
 * @throws InputError when a file cannot be written
 * @example
 * writeConvNet('net.safetensors', 'net.json', vgg13({ head: [64] }), { dtype: 'F32' });
 * readConvNet('net.safetensors', 'net.json').stack.length;  // => 25
 */
export function writeConvNet(
  path: string,
  architecturePath: string,
  net: ConvNet,
  { dtype = 'F64' }: WriteOptions = {},
): void {
  const architecture = architectureOf(net);
  const tensors = convTensors('writeConvNet', architecture, weightedLayers(net), dtype);
  for (const [name, tensor] of slopeTensors(architecture, net, dtype)) tensors.set(name, tensor);
  writeSafetensors(path, tensors);
  writeAtomically(architecturePath, Buffer.from(`${JSON.stringify(architecture, null, 2)}\n`));
}
