import type { ConvNet, Layer } from '../types';
import type { Architecture, ArchitectureLayer } from './architecture';

/** The modules of a network as PyTorch would list them, Flatten before the head. */
export function architectureOf({ input, stack, head }: ConvNet): Architecture {
  const { channels, height, width } = input;
  return {
    input: [channels, height, width],
    layers: [...stack.map(moduleOf), { type: 'Flatten' }, ...head.layers.map(moduleOf)],
  };
}

function moduleOf(layer: Layer): ArchitectureLayer {
  switch (layer.kind) {
    case 'dense':
      return { type: 'Linear' };
    case 'relu':
      return { type: 'ReLU' };
    case 'leakyRelu':
      return { type: 'LeakyReLU', slope: layer.slope };
    case 'prelu':
      return { type: 'PReLU' };
    case 'relu6':
      return { type: 'ReLU6' };
    case 'sigmoid':
      return { type: 'Sigmoid' };
    case 'conv2d':
      return { type: 'Conv2d', stride: layer.stride, padding: layer.padding };
    case 'maxPool':
      return { type: 'MaxPool2d', kernel: layer.size, stride: layer.stride };
    case 'averagePool':
      return { type: 'AvgPool2d', kernel: layer.size, stride: layer.stride };
  }
}
