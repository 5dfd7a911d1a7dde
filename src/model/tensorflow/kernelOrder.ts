import { matrix } from '../../math/matrix';
import type { AffineLayer, PlaneShape } from '../../types';

/** Numbers of a TensorFlow.js layer, or of its gradient: the kernel, then the bias where it has one. */
export type KernelAndBias = readonly [kernel: ArrayLike<number>, bias?: ArrayLike<number>];

/**
 * A kernel of TensorFlow.js, in x out with what enters in the order H x W x C, as weights out x (C H W).
 *
 * @param from what one row of the weights looks at: a kernel's window, the planes that were flattened, or a vector as 1 x 1 x d
 */
export function affineFrom([kernel, bias]: KernelAndBias, { channels, height, width }: PlaneShape): AffineLayer {
  const [pixels, into] = [height * width, channels * height * width];
  const out = kernel.length / into;
  const weight = matrix(out, into);
  for (let p = 0; p < pixels; p++)
    for (let c = 0; c < channels; c++)
      for (let o = 0; o < out; o++) weight.data[o * into + c * pixels + p] = kernel[(p * channels + c) * out + o];
  return { weight, ...(bias && { bias: Float64Array.from(bias) }) };
}
