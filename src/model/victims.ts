import { check } from '../check';
import type { ConvNet } from '../types';
import { type ConvNetOptions, convNet } from './convNet';

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
