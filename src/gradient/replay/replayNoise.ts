import { axpy, sum } from '../../math/matrix';
import type { AffineLayer, DenseMatrix, Network, Precision } from '../../types';
import { roundoff } from '../arithmeticNoise';
import { gradientDifference } from '../gradientDifference';
import { down, gradientOf, type Pass, type Passes } from './passes';

/** Values are taken to be off by no more than this many times what they are off by on average. */
const farthest = 10;

/** See {@link replayNoise}. */
const leastPart = 0.25;

/** The passes taken down together. */
export function allDown(
  net: Network,
  { exact, rounded, moved }: Passes,
  masks: readonly DenseMatrix[],
  way: readonly [number, number],
): Passes {
  const lower = (pass: Pass): Pass => down(net, pass, masks, way);
  return { exact: lower(exact), rounded: rounded.map(lower), moved: moved.map(lower) };
}

/**
 * Expected squared error of each row of a layer's gradient, bias included: what float32 changes in the row, to the scale of the stated
 * precision, and what moving each input by its own error does. A row's noise is no less than its layer's, in
 * proportion to its size, and no less than a part of what rows have on average: one that hangs on a single number may be small by chance.
 *
 * @param k the layer, to which the passes have come down
 */
export function* replayNoise(
  net: Network,
  { exact, rounded, moved }: Passes,
  k: number,
  precision: Precision,
): Generator<void, Float64Array> {
  const own = gradientOf(net, exact, k);
  const size = rowSquares(own);
  const noise = new Float64Array(size.length);
  const add = function* (passes: readonly Pass[], weight: number): Generator<void> {
    for (const pass of passes) {
      yield;
      const [change] = gradientDifference([own], [gradientOf(net, pass, k)], true);
      axpy(weight / passes.length, rowSquares(change), noise);
    }
  };
  yield* add(rounded, over(precision) ** 2);
  yield* add(moved, 1);
  const usual = sum(noise) / (sum(size) || 1);
  const least = (leastPart * sum(noise)) / (size.filter((v) => v > 0).length || 1);
  return noise.map((v, j) => Math.max(v, usual * size[j], size[j] > 0 ? least : 0));
}

/** How far the values that enter a layer may be off. */
export function valueError({ exact, rounded, moved }: Passes, k: number, precision: Precision): number {
  const own = exact.values[k].data;
  const square = ([pass]: readonly Pass[]): number =>
    pass ? pass.values[k].data.reduce((total, v, i) => total + (v - own[i]) ** 2, 0) / own.length : 0;
  return farthest * Math.sqrt(over(precision) ** 2 * square(rounded) + square(moved));
}

/** Squared norm of each row with its bias. */
export function rowSquares({ weight: { rows, columns, data }, bias }: AffineLayer): Float64Array {
  return Float64Array.from({ length: rows }, (_, j) => {
    let square = (bias?.[j] ?? 0) ** 2;
    for (let k = j * columns; k < (j + 1) * columns; k++) square += data[k] * data[k];
    return square;
  });
}

/** Roundoff of the gradient over that of float32. */
function over(precision: Precision): number {
  return roundoff[precision] / roundoff.float32;
}
