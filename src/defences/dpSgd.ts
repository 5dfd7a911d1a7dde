import { check } from '../check';
import { pick } from '../data/draw';
import { captureGradient, checkBatch } from '../gradient/captureGradient';
import { gradientNorm } from '../gradient/gradientDifference';
import { axpy, matrix } from '../math/matrix';
import { normal, rng } from '../math/rng';
import { weightedLayers } from '../model/layers';
import type { AffineLayer, AveragedGradient, Batch, ConvNet, Mlp } from '../types';
import { mapGradient } from './mapGradient';

/** Options of {@link dpSgd}. */
export interface DpSgdOptions {
  /** norm C that every sample's gradient is scaled down to. @default Infinity, no clipping */
  readonly clip?: number;
  /** sigma: noise N(0, (sigma C)²) on the sum of the clipped gradients. @default 0 */
  readonly noise?: number;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * DP-SGD (Abadi et al. 2016, algorithm 1): every sample's gradient clipped to norm C, noise added to the sum, divided
 * by M. Its cost is {@link epsilon}. No clipping and no noise give the plain averaged gradient.
 *
 * @throws InputError when clip or noise is out of range, noise comes without a finite clip, or the batch does not fit
 * @example
 * const shared = defences.dpSgd(model, secret, { clip: 1, noise: 0.1 });
 * reconstruct(model, shared, { approximate: false }).status;  // => 'inconsistent'
 */
export function dpSgd(model: Mlp | ConvNet, batch: Batch, options: DpSgdOptions = {}): AveragedGradient {
  const { clip = Number.POSITIVE_INFINITY, noise = 0, seed = 0 } = options;
  check(clip > 0, () => `dpSgd: clip is ${clip}, expected a positive number`);
  check(0 <= noise && noise < Number.POSITIVE_INFINITY, () => `dpSgd: noise is ${noise}, expected a number >= 0`);
  check(noise === 0 || clip < Number.POSITIVE_INFINITY, () => 'dpSgd: noise needs a finite clip, it is measured in it');
  checkBatch('dpSgd', model, batch);
  const clipped = clip === Number.POSITIVE_INFINITY ? captureGradient(model, batch) : clippedMean(model, batch, clip);
  if (noise === 0) return clipped;
  const uniform = rng(seed);
  const deviation = (noise * clip) / batch.inputs.rows;
  return mapGradient(clipped, (values) => values.map((v) => v + deviation * normal(uniform)));
}

function clippedMean(model: Mlp | ConvNet, batch: Batch, clip: number): AveragedGradient {
  const M = batch.inputs.rows;
  const ofSample = (m: number): readonly AffineLayer[] => captureGradient(model, pick(batch, [m])).gradients;
  const gradients = weightedLayers(model).map(({ weight: { rows, columns }, bias }): AffineLayer => {
    return bias ? { weight: matrix(rows, columns), bias: new Float64Array(rows) } : { weight: matrix(rows, columns) };
  });
  for (let m = 0; m < M; m++) {
    const own = ofSample(m);
    const share = Math.min(1, clip / gradientNorm(own)) / M; // 1/M too where the gradient is zero: clip/0 is infinite
    own.forEach(({ weight, bias }, i) => {
      axpy(share, weight.data, gradients[i].weight.data);
      if (bias) axpy(share, bias, gradients[i].bias as Float64Array);
    });
  }
  return { gradients, reduction: 'mean', precision: 'float64' };
}
