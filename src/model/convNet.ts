import { check, isCount } from '../check';
import { type Rng, rng } from '../math/rng';
import type { Conv2dLayer, ConvNet, PlaneShape } from '../types';
import { checkPlanes, convNetOf, leavingShape } from './convNetOf';
import { type ConvInitialiser, checkInitialiser, initialiseKernels, initialiseLinear } from './initialiseConv';
import { sizeOf } from './layers/planes';
import { mlpOf } from './mlp';

/** A convolution with a ReLU behind it. */
export interface ConvStep {
  readonly filters: number;
  /** @default 3 */
  readonly kernel?: number;
  /** @default 1 */
  readonly stride?: number;
  /** @default the kernel's half, rounded down: the plane keeps its size at stride 1 */
  readonly padding?: number;
}

/** Options of {@link convNet}. */
export interface ConvNetOptions {
  /** shape of a sample */
  readonly input: PlaneShape;
  /** bottom up: a convolution, or only its number of filters; or pooling that halves each side */
  readonly plan: readonly (number | ConvStep | 'maxPool' | 'averagePool')[];
  /** widths of the head's hidden layers. @default [] */
  readonly head?: readonly number[];
  /** K >= 2. @default 10 */
  readonly classes?: number;
  /** @default 'torchvision' */
  readonly init?: ConvInitialiser;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * A freshly initialised convolutional network: each convolution is followed by a ReLU, the last planes enter a fully connected head.
 *
 * @throws InputError when a size is not possible or the initialiser is unknown
 * @example
 * const input = { channels: 3, height: 32, width: 32 };
 * const plan = [64, 'maxPool', { filters: 128, stride: 2 }, 'averagePool'] as const;
 * convNet({ input, plan, head: [256] }).head.widths;  // => [2048, 256, 10]
 */
export function convNet(options: ConvNetOptions): ConvNet {
  const { input, plan, head = [], classes = 10, init = 'torchvision', seed = 0 } = options;
  checkPlanes('convNet', input);
  checkInitialiser('convNet', init);
  check(Number.isInteger(seed), () => `convNet: seed is ${seed}, expected an integer`);
  check(isCount(classes, 2), () => `convNet: classes is ${classes}, expected an integer of at least 2`);
  check(
    Array.isArray(head) && head.every((w) => isCount(w)),
    () => `convNet: head is [${String(head)}], expected widths of hidden layers, e.g. [512]`,
  );
  check(
    Array.isArray(plan) && plan.length > 0,
    () => `convNet: plan is [${String(plan)}], expected at least one step, e.g. [64, 'maxPool']`,
  );
  const uniform = rng(seed);
  let entering = input;
  const stack = plan.flatMap((step, k): ConvNet['stack'][number][] => {
    const where = `convNet: step ${k}`;
    const layer =
      step === 'maxPool' || step === 'averagePool'
        ? ({ kind: step, input: entering, size: 2, stride: 2 } as const)
        : convolution(where, typeof step === 'number' ? { filters: step } : step, entering, { init, uniform });
    entering = leavingShape(where, layer);
    return layer.kind === 'conv2d' ? [layer, { kind: 'relu' }] : [layer];
  });
  const widths = [sizeOf(entering), ...head, classes];
  const dense = widths.slice(1).map((out, i) => initialiseLinear(init, widths[i], out, uniform));
  return convNetOf(input, stack, mlpOf(dense));
}

function convolution(
  where: string,
  step: ConvStep,
  input: PlaneShape,
  { init, uniform }: { readonly init: ConvInitialiser; readonly uniform: Rng },
): Conv2dLayer {
  const { filters, kernel = 3, stride = 1, padding = Math.floor(kernel / 2) } = step;
  check(
    isCount(filters),
    () => `${where}: filters is ${filters}, expected a positive integer, 'maxPool' or 'averagePool'`,
  );
  check(isCount(kernel), () => `${where}: kernel is ${kernel}, expected a positive integer`);
  check(isCount(stride), () => `${where}: stride is ${stride}, expected a positive integer`);
  check(isCount(padding, 0), () => `${where}: padding is ${padding}, expected an integer >= 0`);
  const kernels = initialiseKernels(init, { out: filters, channels: input.channels, kernel }, uniform);
  return { kind: 'conv2d', input, kernel, stride, padding, ...kernels };
}
