import { check, isCount } from '../check';
import { rng } from '../math/rng';
import type { AveragedGradient, Mlp } from '../types';
import { budgetOf } from './budget';
import type { Estimate, RivalOptions } from './estimate';
import { handOver } from './handOver';
import { collect } from './sparse/collect';
import { columnPool } from './sparse/columnPool';
import { layerFactor } from './sparse/layerFactor';
import { nullSampler } from './sparse/nullSampler';

/** Options of {@link spear}. */
export interface SpearOptions extends RivalOptions {
  /** submatrices that are tried at most. @default as many as the time allows */
  readonly samples?: number;
  /** of the sampling. @default 0 */
  readonly seed?: number;
}

/**
 * SPEAR (Dimitrov, Baader, Müller & Vechev, NeurIPS 2024, arXiv 2403.03945): the gradient of a layer before a ReLU has rank M, and
 * the deltas are sparse. Any M - 1 rows of its left factor U determine a direction q; where all of them belong to neurons that one
 * sample leaves silent, U q is that sample's column, which shows, since about half of it is zero. The batch is read from the sparsest
 * independent directions, and is right when the zeros are the neurons that its own inputs leave silent (their lambda is 1).
 *
 * Exact for few samples. A hit takes about 2^(M-1) / M submatrices, so each sample more doubles the time. M is the rank of the
 * gradient; nothing is told.
 *
 * Ours, not theirs: a direction is refitted to all of its zeros before it is believed (which makes float32 usable); the sparsest
 * independent set is kept as directions come, which is exact for the matroid that they are, where theirs exchanges by lambda; labels
 * are read by backpropagation; sampling ends when lambda is 1 or the time is over, not after a number of samples computed beforehand.
 *
 * @returns M x d0 with labels, or no rows where fewer than M directions were found or the rank shows no M
 * @throws InputError when the gradient does not fit the model, layer 0 has no biases, or an option is not understood
 * @example
 * (await baselines.spear(model, gradient)).inputs.rows;  // => 8
 */
export async function spear(model: Mlp, gradient: AveragedGradient, options: SpearOptions = {}): Promise<Estimate> {
  const start = performance.now();
  const { samples: most = Number.POSITIVE_INFINITY, seed = 0 } = options;
  check(
    most === Number.POSITIVE_INFINITY || isCount(most),
    () => `spear: samples is ${most}, expected a positive integer`,
  );
  check(Number.isInteger(seed), () => `spear: seed is ${seed}, expected an integer`);
  const budget = budgetOf('spear', options);
  const common = { width: model.widths[0], attack: 'SPEAR', start };
  const factor = await layerFactor('spear', model, gradient, budget);
  if ('reason' in factor) return handOver({ ...common, ...factor });
  const pool = columnPool(model, factor);
  const propose = nullSampler(factor, pool.zero, rng(seed));
  const source = { propose, piece: 200, most, patience: Number.POSITIVE_INFINITY, name: 'submatrices' };
  return handOver({ ...common, ...(await collect(model, factor, pool, source, budget)) });
}
