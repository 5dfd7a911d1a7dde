import { check } from '../check';
import { convNetOf } from '../model/convNetOf';
import { isActivation } from '../model/layers';
import { outputShape } from '../model/layers/planes';
import type { AveragedGradient, ConvNet, PlaneShape } from '../types';

/**
 * The upper part of a network, from a level of its stack on, with its part of a gradient: the gradient of that part on the values that
 * enter it. What an attack reads of it is those values, so the same attack can be asked how far down it gets.
 *
 * @param level index in the stack of a convolution; its length for the head alone
 */
export function partOfNetwork(
  { input, stack, head }: ConvNet,
  { gradients, ...shared }: AveragedGradient,
  level: number,
): { readonly net: ConvNet; readonly gradient: AveragedGradient } {
  const upper = stack.slice(level);
  const [first] = upper;
  const kind: string = first?.kind ?? 'head';
  check(
    kind === 'conv2d' || kind === 'head',
    () => `partOfNetwork: layer ${level} is ${kind}, expected a convolution or the head`,
  );
  const below = stack.slice(0, level);
  const arrays = below.filter(({ kind }) => kind === 'conv2d').length;
  const net = convNetOf(leaving(input, below), upper, head);
  return { net, gradient: { ...shared, gradients: gradients.slice(arrays) } };
}

/** Shape of what leaves the layers. */
function leaving(input: PlaneShape, layers: ConvNet['stack']): PlaneShape {
  return layers.reduce((shape, layer) => (isActivation(layer) ? shape : outputShape(layer)), input);
}
