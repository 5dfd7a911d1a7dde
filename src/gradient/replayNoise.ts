import { matrix, norm, row, sum } from '../math/matrix';
import { normal, rng } from '../math/rng';
import type { AffineLayer, Batch, Network, Precision } from '../types';
import { roundoff } from './arithmeticNoise';
import { captureGradient } from './captureGradient';
import { gradientDifference } from './gradientDifference';

/**
 * Expected squared error of each row of the gradient of a batch, bias included, as a sample of it: what float32 changes in the row, to the
 * scale of the stated precision, and what moving each input by its own error does. A row's noise is no less than its layer's, in
 * proportion to its size: a sample of one may be small by chance.
 *
 * @param shares weight of each sample in the gradient, equal or nearly so
 * @param errors root mean square error of each input
 * @returns per layer with weights, one number for each row
 */
export function replayNoise(
  net: Network,
  batch: Batch,
  shares: Float64Array,
  precision: Precision,
  errors: Float64Array,
): Float64Array[] {
  const exact = captureGradient(net, batch, { reduction: 'sum' }).gradients;
  const rounded = captureGradient(net, batch, { precision: 'float32', reduction: 'sum' }).gradients;
  const share = sum(shares) / shares.length;
  const over = roundoff[precision] / roundoff.float32;
  const rounding = gradientDifference(rounded, exact).map(rowSquares);
  const moved = errors.some((e) => e > 0)
    ? gradientDifference(captureGradient(net, movedBy(batch, errors), { reduction: 'sum' }).gradients, exact)
    : [];
  return exact.map((layer, i) => {
    const size = rowSquares(layer);
    const inputs = moved[i] && rowSquares(moved[i]);
    const noise = rounding[i].map((v, j) => v * over * over + (inputs?.[j] ?? 0));
    const usual = sum(noise) / (sum(size) || 1);
    return noise.map((v, j) => share * share * Math.max(v, usual * size[j]));
  });
}

/** Squared norm of each row with its bias. */
export function rowSquares({ weight, bias }: AffineLayer): Float64Array {
  return Float64Array.from({ length: weight.rows }, (_, j) => norm(row(weight, j)) ** 2 + (bias?.[j] ?? 0) ** 2);
}

function movedBy(batch: Batch, errors: Float64Array): Batch {
  const { rows, columns, data } = batch.inputs;
  const uniform = rng(columns);
  const moved = data.map((v, k) => v + errors[Math.floor(k / columns)] * normal(uniform));
  return { ...batch, inputs: matrix(rows, columns, moved) };
}
