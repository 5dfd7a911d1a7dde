import { check } from '../check';
import { matrix, row } from '../math/matrix';
import type { AffineLayer } from '../types';

/** Batch normalisation in inference mode: scale z + shift, channel by channel, whatever the batch. */
export interface BatchNorm {
  /** gamma / sqrt(variance + eps) */
  readonly scale: Float64Array;
  /** beta - scale mean */
  readonly shift: Float64Array;
}

/** What a framework keeps of a batch normalisation; gamma is 1 and beta 0 where they are not there. */
export interface NormParameters {
  readonly gamma?: ArrayLike<number> | undefined;
  readonly beta?: ArrayLike<number> | undefined;
  /** running statistics */
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
  readonly eps: number;
}

/**
 * The map that a batch normalisation is in inference mode.
 *
 * @param where opens the message
 * @throws InputError for a variance that is negative, or zero without an eps
 */
export function batchNormOf(where: string, { gamma, beta, mean, variance, eps }: NormParameters): BatchNorm {
  const scale = Float64Array.from(variance, (v, o) => {
    check(v >= 0 && v + eps > 0, () => `${where}: the running variance of channel ${o} is ${v}, expected it positive`);
    return (gamma?.[o] ?? 1) / Math.sqrt(v + eps);
  });
  return { scale, shift: scale.map((s, o) => (beta?.[o] ?? 0) - s * mean[o]) };
}

/** The layer and the normalisation behind it as one layer: W' = scale W, b' = scale b + shift. */
export function folded({ weight, bias }: AffineLayer, { scale, shift }: BatchNorm): AffineLayer {
  return { weight: timesRows(weight, scale), bias: shift.map((t, o) => t + (bias ? scale[o] * bias[o] : 0)) };
}

/** Scales below it make a float32 gradient lose digits, since its numbers end at 2^-126. */
const leastScale = 2 ** -60;

/**
 * The gradient of a folded layer from those of the parameters: dL/dW = scale dL/dW', dL/db = scale dL/db', dL/dbeta = dL/db'.
 *
 * @param where opens the message
 * @param gradient of the layer before the normalisation
 * @param beta gradient of beta, where there is one
 * @throws InputError where they do not tell it: a scale of zero, or neither bias nor beta
 */
export function foldedGradient(
  where: string,
  { weight, bias }: AffineLayer,
  beta: Float64Array | undefined,
  { scale }: Pick<BatchNorm, 'scale'>,
): AffineLayer {
  const silent = scale.findIndex((s) => !(Math.abs(s) >= leastScale));
  check(
    silent < 0,
    () =>
      `${where}: channel ${silent} has scale ${scale[silent]} (its gamma), so no gradient passes it and that of its filter is not ` +
      'shared, expected scales other than zero; take the channel out of the network',
  );
  check(
    beta !== undefined || bias !== undefined,
    () =>
      `${where} has no gradient of beta, and the layer before it none of a bias, expected one of them: folded they are one bias`,
  );
  const inverse = scale.map((s) => 1 / s);
  return { weight: timesRows(weight, inverse), bias: beta ?? (bias as Float64Array).map((g, o) => g * inverse[o]) };
}

function timesRows(weight: AffineLayer['weight'], factors: Float64Array): AffineLayer['weight'] {
  const product = matrix(weight.rows, weight.columns);
  for (let o = 0; o < weight.rows; o++) row(product, o).set(row(weight, o).map((v) => factors[o] * v));
  return product;
}
