import { check } from '../../check';
import { row } from '../../math/matrix';
import type { Batch } from '../../types';
import { matchBatches } from './matchBatches';
import { ssim } from './ssim';

/** One recovered sample beside the true one that it was matched with. */
export interface ScoredPair {
  readonly found: number;
  readonly truth: number;
  /** mean squared error per entry */
  readonly mse: number;
  /** dB, for a peak of 1; Infinity for an exact copy */
  readonly psnr: number;
  /** only for pictures */
  readonly ssim?: number;
  readonly labelMatches: boolean;
}

/** Comparison with the truth, which only the evaluation may see. */
export interface Score {
  readonly pairs: readonly ScoredPair[];
  readonly mse: { readonly max: number; readonly mean: number };
  /** fraction of the true batch whose label was found */
  readonly labelAccuracy: number;
  /** fraction of the true batch that has a partner */
  readonly coverage: number;
}

/**
 * Compares a recovered batch with the true one after matching them at the least total squared error.
 *
 * @throws InputError when the samples have different lengths or the truth is empty
 * @example
 * score(recovered(found), secret).mse.max < 1e-25;  // => true
 */
export function score(found: Batch, truth: Batch): Score {
  check(truth.inputs.rows > 0, () => 'score: the true batch is empty, expected at least one sample');
  const image = truth.image;
  const pairs = matchBatches(found, truth).map(({ found: f, truth: t, mse }): ScoredPair => {
    const base = {
      found: f,
      truth: t,
      mse,
      psnr: -10 * Math.log10(mse),
      labelMatches: found.labels[f] === truth.labels[t],
    };
    return image ? { ...base, ssim: ssim(row(found.inputs, f), row(truth.inputs, t), image) } : base;
  });
  const errors = pairs.map((p) => p.mse);
  return {
    pairs,
    mse: { max: Math.max(0, ...errors), mean: errors.reduce((a, b) => a + b, 0) / Math.max(errors.length, 1) },
    labelAccuracy: pairs.filter((p) => p.labelMatches).length / truth.inputs.rows,
    coverage: pairs.length / truth.inputs.rows,
  };
}
