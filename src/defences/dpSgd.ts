import { check } from '../check';
import { captureGradient, checkBatch } from '../gradient/captureGradient';
import { matrix, norm, row } from '../math/matrix';
import { normal, rng } from '../math/rng';
import { backward } from '../model/backward';
import { forward } from '../model/forward';
import type { AffineLayer, AveragedGradient, Batch, Mlp } from '../types';
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
 * The norm of one sample's gradient needs no gradient: over the layers, |delta_i|² (|f_i|² + 1).
 *
 * @throws InputError when clip or noise is out of range, noise comes without a finite clip, or the batch does not fit
 * @example
 * const shared = defences.dpSgd(model, secret, { clip: 1, noise: 0.1 });
 * reconstruct(model, shared, { approximate: false }).status;  // => 'inconsistent'
 */
export function dpSgd(model: Mlp, batch: Batch, options: DpSgdOptions = {}): AveragedGradient {
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

function clippedMean(model: Mlp, batch: Batch, clip: number): AveragedGradient {
  const M = batch.inputs.rows;
  const activations = forward(model, batch.inputs);
  const { features } = activations;
  const deltas = backward(model, activations, batch.labels);
  const factors = Array.from({ length: M }, (_, m) => {
    const squares = model.dense.map(({ bias }, i) => {
      const f = norm(row(features[i], m)) ** 2 + (bias ? 1 : 0);
      return norm(row(deltas[i], m)) ** 2 * f;
    });
    return Math.min(1, clip / Math.sqrt(squares.reduce((sum, s) => sum + s, 0)));
  });
  const gradients = model.dense.map(({ weight: { rows, columns }, bias }, i): AffineLayer => {
    const weight = matrix(rows, columns);
    const sums = new Float64Array(rows);
    for (let m = 0; m < M; m++) {
      const f = row(features[i], m);
      row(deltas[i], m).forEach((d, j) => {
        const scaled = (d * factors[m]) / M;
        if (scaled === 0) return;
        const target = row(weight, j);
        for (let k = 0; k < columns; k++) target[k] += scaled * f[k];
        sums[j] += scaled;
      });
    }
    return bias ? { weight, bias: sums } : { weight };
  });
  return { gradients, reduction: 'mean', precision: 'float64' };
}
