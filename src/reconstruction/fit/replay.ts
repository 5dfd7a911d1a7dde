import type { Agreement } from '../../gradient/agreement';
import { type ArithmeticNoise, arithmeticNoise } from '../../gradient/arithmeticNoise';
import { gradientDifference } from '../../gradient/gradientDifference';
import { type GradientState, gradientAt, gradientState } from '../../gradient/gradientState';
import { slackAgreement } from '../../gradient/slackAgreement';
import { row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { Evidence } from '../evidence/evidence';
import { type NoiseModel, varianceOf } from '../evidence/noiseModel';

/** A batch replayed. */
export interface Replay {
  readonly state: GradientState;
  readonly noise: ArithmeticNoise;
  readonly agreement: Agreement;
}

/** Forward and backward pass of the batch as it stands, held against the gradient. */
export function replay(evidence: Evidence, inputs: DenseMatrix, labels: Int32Array, shares: Float64Array): Replay {
  const { model, gradient, unit } = evidence;
  const state = gradientState(model, { inputs, labels }, { shares });
  const noise = withAdded(evidence, arithmeticNoise(model, state, labels, unit));
  const gap = gradientDifference(gradient.gradients, gradientAt(model, state), true);
  return { state, noise, ...slackAgreement(model, gradient.gradients, gap, state, noise) };
}

/** Rounding, and what was done to the gradient afterwards: added noise, withheld rows, which say nothing. */
function withAdded({ gradient, noise: own, added, withheld }: Evidence, noise: ArithmeticNoise): ArithmeticNoise {
  if (!added) {
    const without = (rows: Float64Array, i: number): Float64Array =>
      rows.map((v, j) => (withheld[i]?.[j] ? Number.POSITIVE_INFINITY : v));
    return { ...noise, weight: noise.weight.map(without), bias: noise.bias.map(without) };
  }
  const mean = (values: Float64Array, model: NoiseModel): number =>
    values.reduce((sum, v) => sum + varianceOf(model, v), 0) / values.length;
  return {
    ...noise,
    weight: noise.weight.map((rows, i) =>
      rows.map((v, j) => v + mean(row(gradient.gradients[i].weight, j), own[i].weight)),
    ),
    bias: noise.bias.map((rows, i) =>
      rows.map((v, j) => v + varianceOf(own[i].bias, gradient.gradients[i].bias?.[j] ?? 0)),
    ),
  };
}
