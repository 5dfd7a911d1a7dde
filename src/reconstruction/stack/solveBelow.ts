import { cholesky, diagonalByInverse, lowerInverse, pivotRatio, ridged, solveByInverse } from '../../math/cholesky';
import { gemm32 } from '../../math/gemm';
import { axpy, columns, rowsOf, sum } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import { type ConvGradient, filterNorms, minus, relativeMisfits } from './convGradient';
import { correlate, gramOfDeltas, type Product, spread } from './convolution';

/** What a convolution's gradient says of the values that entered it, its deltas given. */
export interface Below {
  /** (M H W) x C */
  readonly values: DenseMatrix;
  /** largest over smallest pivot of the system that all channels share */
  readonly condition: number;
  /** misfit of each filter's gradient, relative to its size */
  readonly misfits: Float64Array;
  /** expected root mean square error of the values, by what the system leaves of the gradient */
  readonly error: number;
}

/** Values below, as {@link solveBelow} begins: not refined, not judged. */
interface Rough {
  readonly values: DenseMatrix;
  /** Cholesky factor of the system's Gram matrix, and its inverse */
  readonly factor: DenseMatrix;
  readonly inverse: DenseMatrix;
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
  const inverse = lowerInverse(factor);
  return { values: solveByInverse(inverse, spread(taps, own, shown, product)), factor, inverse };
}

/** The same, refined once by the residual, with what the gradient says of it. */
export function solveBelow(conv: ConvGradient, deltas: DenseMatrix, kept?: readonly number[]): Below | null {
  const rough = roughlyBelow(conv, deltas, kept);
  if (!rough) return null;
  const { values, factor, inverse } = rough;
  const { taps, gradient } = conv;
  const own = kept ? columns(deltas, kept) : deltas;
  const before = minus(gradient, correlate(taps, values, deltas));
  const left = kept ? before.map((l) => rowsOf(l, kept)) : before;
  axpy(1, solveByInverse(inverse, spread(taps, own, left)).data, values.data);
  const after = minus(gradient, correlate(taps, values, deltas));
  return {
    values,
    condition: pivotRatio(factor),
    misfits: relativeMisfits(conv, after),
    error: errorOf(kept ? after.map((l) => rowsOf(l, kept)) : after, inverse, taps.seen.length * own.columns),
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

/** Root mean square over the values, from the residual's variance per degree of freedom. */
function errorOf(left: readonly DenseMatrix[], inverse: DenseMatrix, equations: number): number {
  const square = filterNorms(left).reduce((total, v) => total + v * v, 0);
  const variance = square / (left[0].columns * Math.max(1, equations - inverse.rows));
  const spreads = diagonalByInverse(inverse);
  return Math.sqrt((variance * sum(spreads)) / spreads.length);
}
