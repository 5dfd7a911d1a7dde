import { sum } from '../../math/matrix';
import type { AffineLayer } from '../../types';
import { layerLimit, rowLimit } from '../agreement';
import { rowSquares } from './replayNoise';

/** How one layer of a replay compares with the shared gradient. */
export interface LayerAgreement {
  readonly residual: number;
  /** what the arithmetic may leave of it */
  readonly tolerance: number;
  /** squared residual over its expected size: the mean over the rows, and the worst row */
  readonly chiSquared: number;
  readonly worst: number;
}

/**
 * @param gap shared minus replayed
 * @param noise expected square of each row of it
 */
export function layerAgreement(shared: AffineLayer, gap: AffineLayer, noise: Float64Array): LayerAgreement {
  const misfit = rowSquares(gap);
  const size = sum(rowSquares(shared)) || 1;
  const ratios = misfit.map((v, j) => (v === 0 ? 0 : v / noise[j]));
  const live = ratios.filter((v) => v > 0);
  return {
    residual: Math.sqrt(sum(misfit) / size),
    tolerance: Math.sqrt((rowLimit * sum(noise)) / size),
    chiSquared: live.length === 0 ? 0 : sum(live) / live.length,
    worst: ratios.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** The rule of `agreement`, for one layer. */
export function layerHolds({ worst, chiSquared }: LayerAgreement): boolean {
  return worst <= rowLimit && chiSquared <= layerLimit;
}
