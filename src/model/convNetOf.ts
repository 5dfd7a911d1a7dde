import { check, isCount } from '../check';
import type { ConvNet, Mlp, PlaneLayer, PlaneShape } from '../types';
import { checkSlope } from './checkActivation';
import { isActivation } from './layers';
import { outputShape, sizeOf } from './layers/planes';

/**
 * The network with these layers: convolutions, pooling and activations bottom up, then the head, which takes the last planes flattened.
 *
 * @param input C x H x W, the order in which a sample's values are flattened
 * @throws InputError when a layer does not take what the one below gives, or its sizes are not possible
 * @example
 * const input = { channels: 3, height: 8, width: 8 };
 * convNetOf(input, [{ kind: 'averagePool', input, size: 2, stride: 2 }], mlp({ widths: [48, 32, 10] })).layers.length;  // => 4
 */
export function convNetOf(input: PlaneShape, stack: ConvNet['stack'], head: Mlp): ConvNet {
  checkPlanes('convNetOf', input);
  let entering = input;
  stack.forEach((layer, k) => {
    const where = `convNetOf: layer ${k} (${layer.kind})`;
    if (layer.kind === 'leakyRelu') checkSlope(where, layer.slope);
    if (isActivation(layer)) return;
    checkLayer(where, layer, entering);
    entering = outputShape(layer);
  });
  check(
    head.widths[0] === sizeOf(entering),
    () => `convNetOf: the head takes ${head.widths[0]} values, expected ${sizeOf(entering)} (${shown(entering)})`,
  );
  return { input, stack, head, layers: [...stack, ...head.layers] };
}

/** Throws unless the shape is made of positive integers; `caller` opens the message. */
export function checkPlanes(caller: string, input: PlaneShape): void {
  check(
    isCount(input.channels) && isCount(input.height) && isCount(input.width),
    () => `${caller}: input is ${shown(input)}, expected three positive integers, e.g. 3 x 32 x 32`,
  );
}

/** Shape of what leaves a layer that is being put on others; throws when the planes below are too small for it. */
export function leavingShape(where: string, layer: PlaneLayer): PlaneShape {
  const shape = outputShape(layer);
  const { height, width } = layer.input;
  check(
    shape.height >= 1 && shape.width >= 1,
    () => `${where} gets planes of ${height} x ${width}, which are too small for it`,
  );
  return shape;
}

function checkLayer(where: string, layer: PlaneLayer, entering: PlaneShape): void {
  const { input, stride } = layer;
  check(shown(input) === shown(entering), () => `${where} takes ${shown(input)}, expected ${shown(entering)}`);
  const [name, size, padding] =
    layer.kind === 'conv2d' ? ['kernel', layer.kernel, layer.padding] : ['size', layer.size, 0];
  check(isCount(size), () => `${where}: ${name} is ${size}, expected a positive integer`);
  check(isCount(stride), () => `${where}: stride is ${stride}, expected a positive integer`);
  check(isCount(padding, 0), () => `${where}: padding is ${padding}, expected an integer >= 0`);
  const room = Math.min(input.height, input.width) + 2 * padding;
  check(size <= room, () => `${where}: ${name} is ${size}, expected at most ${room}, the side with padding`);
  if (layer.kind !== 'conv2d') return;
  const { weight, bias } = layer;
  const columns = input.channels * size * size;
  check(
    weight.rows >= 1 && weight.columns === columns,
    () =>
      `${where}: weight is ${weight.rows} x ${weight.columns}, expected filters x ${columns} (${input.channels} channels, ${size} x ${size} kernel)`,
  );
  check(
    !bias || bias.length === weight.rows,
    () => `${where}: bias has ${bias?.length} entries, expected ${weight.rows} (one for each filter)`,
  );
}

function shown({ channels, height, width }: PlaneShape): string {
  return `${channels} x ${height} x ${width}`;
}
