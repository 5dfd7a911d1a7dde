import { cholesky, choleskySolveAll, inverseDiagonal } from '../../math/cholesky';
import { gemm32 } from '../../math/gemm';
import { axpy, columns, rowsOf } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import { type ConvGradient, filterNorms, minus } from './convGradient';
import { correlate, gramOfDeltas, type Product, spread } from './convolution';
import { ridged } from './misread';

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

/** Values below, as {@link solveBelow} begins: not refined, not judged. */
interface Rough {
  readonly values: DenseMatrix;
  /** Cholesky factor of the system's Gram matrix */
  readonly factor: DenseMatrix;
}

/**
 * Every entry (filter, tap, channel) of the gradient is linear in the channel's values, and all channels share the system: k k out
 * equations for M H W unknowns. Least squares by its normal equations.
 *
 * @param deltas at what leaves the convolution (leaving x out)
 * @param kept filters that are believed. @default all
 * @returns null when the filters are too few or the system is singular
 */
export function roughlyBelow(
  { taps, gradient }: ConvGradient,
  deltas: DenseMatrix,
  kept?: readonly number[],
  product?: Product,
): Rough | null {
  const own = kept ? columns(deltas, kept) : deltas;
  if (taps.seen.length * own.columns < taps.entering) return null;
  // soft choices leave neighbours alike, and float32 says no more
  const gram = gramOfDeltas(taps, own, product);
  const factor = cholesky(product === gemm32 ? ridged(gram, 1e-6) : gram);
  if (!factor) return null;
  const shown = kept ? gradient.map((g) => rowsOf(g, kept)) : gradient;
  return { values: choleskySolveAll(factor, spread(taps, own, shown, product)), factor };
}

/** The same, refined once by the residual, with what the gradient says of it. */
export function solveBelow(conv: ConvGradient, deltas: DenseMatrix, kept?: readonly number[]): Below | null {
  const rough = roughlyBelow(conv, deltas, kept);
  if (!rough) return null;
  const { values, factor } = rough;
  const { taps, gradient } = conv;
  const own = kept ? columns(deltas, kept) : deltas;
  const before = minus(gradient, correlate(taps, values, deltas));
  const left = kept ? before.map((l) => rowsOf(l, kept)) : before;
  axpy(1, choleskySolveAll(factor, spread(taps, own, left)).data, values.data);
  const after = minus(gradient, correlate(taps, values, deltas));
  return {
    values,
    condition: conditionOf(factor),
    misfits: relativeMisfits(conv, after),
    error: errorOf(after, factor, kept, taps.seen.length * own.columns),
  };
}

/** Misfit of each filter's gradient, relative to its size. */
export function misfitsOf(
  conv: ConvGradient,
  values: DenseMatrix,
  deltas: DenseMatrix,
  product?: Product,
): Float64Array {
  return relativeMisfits(conv, minus(conv.gradient, correlate(conv.taps, values, deltas, product)));
}

function relativeMisfits({ sizes }: ConvGradient, left: readonly DenseMatrix[]): Float64Array {
  return filterNorms(left).map((v, o) => (sizes[o] > 0 ? v / sizes[o] : 0));
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
