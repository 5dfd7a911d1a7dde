import { row } from '../math/matrix';
import type { AffineLayer, DenseMatrix } from '../types';
import type { ArithmeticNoise } from './arithmeticNoise';

/** How a replayed gradient compares with the shared one. */
export interface Agreement {
  /** ||replayed - shared|| / ||shared|| over all layers */
  readonly residual: number;
  /** squared residual over its expected size: the worst row of any layer, and per layer the mean over its rows */
  readonly worst: number;
  /** the same among the rows that the replayed samples reach: others say nothing about these */
  readonly worstFound: number;
  readonly layers: readonly { readonly residual: number; readonly chiSquared: number }[];
  /** the same of the loss vectors' own errors, the worst entry */
  readonly slack: number;
  /** every row of every layer agrees to its noise, and so does every loss vector */
  readonly holds: boolean;
}

/**
 * Squared residual over variance up to which a row counts as explained: rounding errors are coherent along a row, so this is
 * five standard deviations of a single number, and some slack for the variances, which are estimates.
 */
export const rowLimit = 36;
/** The same for the mean over a layer's rows: they share the errors of a few features. */
export const layerLimit = 9;

/**
 * Whether a replay agrees with the shared gradient, row by row: the one rule by which a batch is accepted.
 *
 * @param gap shared minus replayed
 * @param slack errors of the loss vectors that the replay was given, see lossSlack. @default none
 */
export function agreement(
  shared: readonly AffineLayer[],
  gap: readonly AffineLayer[],
  noise: ArithmeticNoise,
  slack?: DenseMatrix,
): Agreement {
  let [worst, worstFound] = [0, 0];
  const parts = shared.map(({ weight, bias }, i) => {
    let [misfit, size, chi, rows] = [0, 0, 0, 0];
    for (let j = 0; j < weight.rows; j++) {
      const [x, e] = [row(weight, j), row(gap[i].weight, j)];
      let square = 0;
      for (let k = 0; k < x.length; k++) {
        square += e[k] * e[k];
        size += x[k] * x[k];
      }
      const own = (gap[i].bias?.[j] ?? 0) ** 2;
      size += bias ? bias[j] ** 2 : 0;
      misfit += square + own;
      const ratio = Math.max(over(square, x.length * noise.weight[i][j]), over(own, noise.bias[i][j]));
      worst = Math.max(worst, ratio);
      if (ratio < Number.POSITIVE_INFINITY) worstFound = Math.max(worstFound, ratio);
      if (square + own === 0) continue;
      chi += ratio;
      rows++;
    }
    return { misfit, size, chiSquared: rows === 0 ? 0 : chi / rows };
  });
  const total = (key: 'misfit' | 'size'): number => parts.reduce((sum, p) => sum + p[key], 0);
  const worstSlack = slack?.data.reduce((most, e, k) => Math.max(most, over(e * e, noise.losses.data[k] ** 2)), 0) ?? 0;
  return {
    residual: relative(total('misfit'), total('size')),
    worst,
    worstFound,
    layers: parts.map((p) => ({ residual: relative(p.misfit, p.size), chiSquared: p.chiSquared })),
    slack: worstSlack,
    holds: worst <= rowLimit && worstSlack <= rowLimit && parts.every((p) => p.chiSquared <= layerLimit),
  };
}

function over(square: number, variance: number): number {
  return square === 0 ? 0 : square / variance;
}

function relative(misfit: number, size: number): number {
  return misfit === 0 ? 0 : Math.sqrt(misfit / size);
}
