import { norm } from '../math/matrix';
import type { AffineLayer, DenseMatrix, Mlp } from '../types';
import { type Agreement, agreement } from './agreement';
import type { ArithmeticNoise } from './arithmeticNoise';
import { gradientDifference } from './gradientDifference';
import { type GradientState, gradientAt } from './gradientState';
import { lossDeltas } from './lossBlocks';
import { lossSlack } from './lossSlack';

/** Relative residual from which on rounding is no excuse, but for batches whose every loss vector is mostly rounding. */
const usually = 1e-2;

/** Relative residual from which on some sample is wrong: more than the loss vectors' own errors can do. */
export function hopeless({ deltas }: GradientState, { losses }: ArithmeticNoise): number {
  return Math.max(usually, 6 * over(norm(losses.data), norm(deltas[deltas.length - 1].data)));
}

const over = (a: number, b: number): number => (a === 0 ? 0 : a / b);

/** A replay held against the shared gradient, and what its loss vectors' own rounding errors are taken to have added. */
export interface SlackAgreement {
  readonly agreement: Agreement;
  /** part of the gradient; undefined where the replay agrees without it, or where it is hopeless */
  readonly slack?: readonly AffineLayer[];
  /** the errors themselves (M x K, shares included) */
  readonly errors?: DenseMatrix;
}

/**
 * {@link agreement} where the client's loss vectors may be off by what float arithmetic does to them: p - 1 cancels, and all below
 * is computed from it (method 13).
 *
 * @param gap shared minus replayed
 * @param state of the replayed batch
 */
export function slackAgreement(
  model: Mlp,
  shared: readonly AffineLayer[],
  gap: readonly AffineLayer[],
  state: GradientState,
  noise: ArithmeticNoise,
): SlackAgreement {
  const plain = agreement(shared, gap, noise);
  if (plain.holds || plain.residual > hopeless(state, noise)) return { agreement: plain };
  const errors = lossSlack(model, gap, state, noise);
  const slack = gradientAt(model, {
    features: state.features,
    deltas: lossDeltas(model, state.patterns, errors),
  });
  return { agreement: agreement(shared, gradientDifference(gap, slack), noise, errors), slack, errors };
}
