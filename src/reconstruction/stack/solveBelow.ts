import { cholesky, choleskySolveAll, inverseDiagonal } from '../../math/cholesky';
import { axpy, columns, rowsOf } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import { type ConvGradient, filterNorms, minus } from './convGradient';
import { correlate, gramOfDeltas, spread } from './convolution';

/** What a convolution's gradient says of the values that entered it, its deltas given. */
export interface Below {
  /** (M H W) x C */
  readonly values: DenseMatrix;
  /** largest over smallest pivot of the system that all channels share */
  readonly condition: number;
  /** misfit of each filter's gradient, relative to its size; 0 for filters without one */
  readonly misfits: Float64Array;
  /** expected root mean square error of the values, by what the system leaves of the gradient */
  readonly error: number;
}

/**
 * Every entry (filter, tap, channel) of the gradient is linear in the channel's values, and all channels share the system: k k out
 * equations for M H W unknowns. Least squares by its normal equations, refined once by the residual.
 *
 * @param deltas at what leaves the convolution (leaving x out)
 * @param kept filters that are believed. @default all
 * @returns null when the filters are too few or the system is singular
 */
export function solveBelow(
  { taps, gradient, sizes }: ConvGradient,
  deltas: DenseMatrix,
  kept?: readonly number[],
): Below | null {
  const own = kept ? columns(deltas, kept) : deltas;
  const shown = kept ? gradient.map((g) => rowsOf(g, kept)) : gradient;
  const equations = taps.seen.length * own.columns;
  if (equations < taps.entering) return null;
  const factor = cholesky(gramOfDeltas(taps, own));
  if (!factor) return null;
  const values = choleskySolveAll(factor, spread(taps, own, shown));
  const left = minus(shown, correlate(taps, values, own));
  axpy(1, choleskySolveAll(factor, spread(taps, own, left)).data, values.data);
  const after = minus(gradient, correlate(taps, values, deltas));
  const misfits = filterNorms(after).map((v, o) => (sizes[o] > 0 ? v / sizes[o] : 0));
  return { values, condition: conditionOf(factor), misfits, error: errorOf(after, factor, kept, equations) };
}

function conditionOf({ rows, data }: DenseMatrix): number {
  const pivots = Array.from({ length: rows }, (_, i) => data[i * rows + i]);
  return pivots.reduce((a, b) => Math.max(a, b), 0) / pivots.reduce((a, b) => Math.min(a, b));
}

/** Root mean square over the values, from the residual's variance per degree of freedom. */
function errorOf(
  left: readonly DenseMatrix[],
  factor: DenseMatrix,
  kept: readonly number[] | undefined,
  equations: number,
): number {
  const believed = kept ? left.map((l) => rowsOf(l, kept)) : left;
  const square = filterNorms(believed).reduce((sum, v) => sum + v * v, 0);
  const channels = left[0].columns;
  const variance = square / (channels * Math.max(1, equations - factor.rows));
  const spreads = inverseDiagonal(factor);
  return Math.sqrt((variance * spreads.reduce((sum, v) => sum + v, 0)) / spreads.length);
}
