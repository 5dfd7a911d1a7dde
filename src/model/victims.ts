import { check, isCount } from '../check';
import { rng } from '../math/rng';
import type { AffineLayer, Conv2dLayer, ConvNet } from '../types';
import { type ConvNetOptions, convNet } from './convNet';
import { convNetOf } from './convNetOf';
import { drawn } from './initialise';
import { outputShape } from './layers/planes';
import { mlpOf } from './mlp';

/** Options of {@link vgg13}. */
export interface Vgg13Options extends Pick<ConvNetOptions, 'classes' | 'init' | 'seed'> {
  /** height and width of a picture. @default 32 */
  readonly side?: 32 | 64;
  /** @default 3 */
  readonly channels?: number;
  /** widths of the head's hidden layers. @default [512] */
  readonly head?: readonly number[];
}

/**
 * VGG-13 (Simonyan & Zisserman 2015): ten 3 x 3 convolutions in five blocks with max pooling, ReLU after each.
 *
 * @throws InputError when an option is out of range
 * @example
 * vgg13({ side: 32, classes: 10 }).head.widths;  // => [512, 512, 10]
 */
export function vgg13({ side = 32, channels = 3, head = [512], ...rest }: Vgg13Options = {}): ConvNet {
  check(side === 32 || side === 64, () => `vgg13: side is ${side}, expected 32 or 64`);
  const blocks = [64, 128, 256, 512, 512];
  const plan = blocks.flatMap((filters) => [filters, filters, 'maxPool'] as const);
  return convNet({ input: { channels, height: side, width: side }, plan, head, ...rest });
}

/** Options of {@link lenet}. */
export interface LenetOptions extends Pick<ConvNetOptions, 'classes' | 'init' | 'seed'> {
  /** height and width of a picture; 28 gets padding, so that both give 16 planes of 5 x 5. @default 28 */
  readonly side?: 28 | 32;
  /** @default 1 */
  readonly channels?: number;
  /** @default 'maxPool' */
  readonly pooling?: 'maxPool' | 'averagePool';
}

/**
 * LeNet-5 (LeCun et al. 1998) with ReLU: 5 x 5 convolutions with 6 and 16 filters, pooling after each, then 120 and 84 neurons.
 *
 * @throws InputError when an option is out of range
 * @example
 * lenet().head.widths;  // => [400, 120, 84, 10]
 */
export function lenet({ side = 28, channels = 1, pooling = 'maxPool', ...rest }: LenetOptions = {}): ConvNet {
  check(side === 28 || side === 32, () => `lenet: side is ${side}, expected 28 or 32`);
  check(
    pooling === 'maxPool' || pooling === 'averagePool',
    () => `lenet: pooling is ${pooling}, expected maxPool or averagePool`,
  );
  const first = { filters: 6, kernel: 5, padding: side === 28 ? 2 : 0 };
  const plan = [first, pooling, { filters: 16, kernel: 5, padding: 0 }, pooling];
  return convNet({ input: { channels, height: side, width: side }, plan, head: [120, 84], ...rest });
}

/** Options of {@link dlgLenet}. */
export interface DlgLenetOptions {
  /** @default 3 */
  readonly channels?: number;
  /** K >= 2. @default 100 */
  readonly classes?: number;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * The victim of Deep Leakage from Gradients (Zhu, Liu & Han 2019) for pictures of 32 x 32: three 5 x 5 convolutions with 12 filters and
 * sigmoids, strides 2, 2 and 1, then one linear layer; weights and biases from U(-1/2, 1/2).
 *
 * @throws InputError when an option is out of range
 * @example
 * dlgLenet().head.widths;  // => [768, 100]
 */
export function dlgLenet({ channels = 3, classes = 100, seed = 0 }: DlgLenetOptions = {}): ConvNet {
  check(isCount(channels), () => `dlgLenet: channels is ${channels}, expected a positive integer`);
  check(isCount(classes, 2), () => `dlgLenet: classes is ${classes}, expected an integer of at least 2`);
  check(Number.isInteger(seed), () => `dlgLenet: seed is ${seed}, expected an integer`);
  const uniform = rng(seed);
  const affine = (out: number, into: number): AffineLayer => ({
    weight: drawn(out, into, () => uniform() - 0.5),
    bias: drawn(1, out, () => uniform() - 0.5).data,
  });
  const input = { channels, height: 32, width: 32 };
  const [kernel, padding, filters] = [5, 2, 12];
  let entering = input;
  const stack = [2, 2, 1].flatMap((stride) => {
    const weights = affine(filters, entering.channels * kernel * kernel);
    const layer: Conv2dLayer = { kind: 'conv2d', input: entering, kernel, stride, padding, ...weights };
    entering = outputShape(layer);
    return [layer, { kind: 'sigmoid' } as const];
  });
  return convNetOf(input, stack, mlpOf([affine(classes, filters * entering.height * entering.width)]));
}
