import { check } from '../check';
import { normal, type Rng } from '../math/rng';
import type { AffineLayer } from '../types';
import { drawn, initialise } from './initialise';

/**
 * Initialisers of convolutional networks:
 *
 * - `torchvision`: as its VGG models: kernels from N(0, 2/(out k k)), linear weights from N(0, 0.01²), biases 0
 * - `he`: kernels as torchvision's, the linear layers as PyTorch's default
 * - `pytorch`: PyTorch's default: weights and biases from U(-1/sqrt(in), 1/sqrt(in)), for kernels in = C k k
 */
export type ConvInitialiser = 'torchvision' | 'he' | 'pytorch';

const names: readonly ConvInitialiser[] = ['torchvision', 'he', 'pytorch'];

/** Throws for an unknown name; `caller` opens the message. */
export function checkInitialiser(caller: string, init: ConvInitialiser): void {
  check(names.includes(init), () => `${caller}: init is ${init}, expected one of ${names.join(', ')}`);
}

/** Kernels k x k, as out x (C k k), and biases. */
export function initialiseKernels(
  init: ConvInitialiser,
  { out, channels, kernel }: { readonly out: number; readonly channels: number; readonly kernel: number },
  uniform: Rng,
): AffineLayer {
  const columns = channels * kernel * kernel;
  if (init === 'pytorch') return initialise('pytorch', columns, out, true, uniform);
  const deviation = Math.sqrt(2 / (out * kernel * kernel));
  return { weight: drawn(out, columns, () => deviation * normal(uniform)), bias: new Float64Array(out) };
}

/** A linear layer of the head. */
export function initialiseLinear(init: ConvInitialiser, into: number, out: number, uniform: Rng): AffineLayer {
  if (init !== 'torchvision') return initialise('pytorch', into, out, true, uniform);
  return { weight: drawn(out, into, () => 0.01 * normal(uniform)), bias: new Float64Array(out) };
}
