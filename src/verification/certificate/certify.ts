import { check } from '../../check';
import { rowLimit } from '../../gradient/agreement';
import { type ArithmeticNoise, arithmeticNoise, roundoff } from '../../gradient/arithmeticNoise';
import { checkGradient } from '../../gradient/checkGradient';
import { gradientDifference, gradientNorm } from '../../gradient/gradientDifference';
import { gradientState } from '../../gradient/gradientState';
import { slackAgreement } from '../../gradient/slackAgreement';
import { sum } from '../../math/matrix';
import { inputsOf } from '../../model/layers';
import type { AffineLayer, AveragedGradient, Batch, ConvNet, Mlp, Reduction } from '../../types';
import { certifyStack } from './certifyStack';
import { replayGradient } from './replayGradient';

/**
 * Proof without the truth: the recovered batch is replayed through the network and compared with the gradient.
 * `verdict` 'holds' says "this batch produces this gradient", not that no other does (method 6).
 */
export interface Certificate {
  /** ||replayed - shared|| / ||shared|| over all layers */
  readonly residual: number;
  /** what the arithmetic in which the gradient was computed may leave of it */
  readonly tolerance: number;
  /** the worst row of any layer: its residual in standard deviations of the arithmetic, at most 6 where the certificate holds */
  readonly worstRow: number;
  readonly verdict: 'holds' | 'fails';
  /** the same per layer, head last */
  readonly layers: readonly { readonly layer: number; readonly residual: number; readonly tolerance: number }[];
}

/** How a batch was averaged, as an answer of `reconstruct` has it too. */
export interface Averaging {
  /** @default the gradient's own */
  readonly reduction?: Reduction;
  /** what the gradient was multiplied by beside it; null counts as 1. @default 1 */
  readonly scale?: number | null;
}

/**
 * Replays a batch and holds the result against the shared gradient, row by row, to what its arithmetic allows (method 6, 13).
 * The replay shares no code with the attack (for networks with convolutions it is the layers' own pass); the rule by which it is
 * accepted is the same.
 *
 * @throws InputError when batch or gradient do not fit the model, or the batch is empty
 * @example
 * certify(model, gradient, recovered(found), found).verdict;  // => 'holds'
 */
export function certify(
  model: Mlp | ConvNet,
  gradient: AveragedGradient,
  batch: Batch,
  { reduction = gradient.reduction, scale }: Averaging = {},
): Certificate {
  const samples = batch.inputs.rows;
  check(samples > 0, () => 'certify: the batch is empty, expected at least one recovered sample');
  check(
    batch.inputs.columns === inputsOf(model),
    () => `certify: samples have ${batch.inputs.columns} entries, expected ${inputsOf(model)}`,
  );
  checkGradient(model, gradient, 'certify');
  const { gradients } = gradient;
  const share = (scale ?? 1) / (reduction === 'mean' ? samples : 1);
  if ('stack' in model) return certifyStack(model, gradient, batch, share);
  const shares = new Float64Array(samples).fill(share);
  const gap = gradientDifference(gradients, replayed(model, batch, share));
  const state = gradientState(model, batch, { shares });
  const noise = arithmeticNoise(model, state, batch.labels, roundoff[gradient.precision]);
  const { agreement, slack } = slackAgreement(model, gradients, gap, state, noise);
  const sizes = gradients.map((layer) => gradientNorm([layer]));
  const residuals = gap.map((layer) => gradientNorm([layer]));
  const allowed = gradients.map((layer, i) =>
    Math.hypot(Math.sqrt(rowLimit) * expected(layer, noise, i), slack ? gradientNorm([slack[i]]) : 0),
  );
  const size = Math.hypot(...sizes);
  const over = (a: number, b: number): number => (a === 0 ? 0 : a / b);
  return {
    residual: over(Math.hypot(...residuals), size),
    tolerance: over(Math.hypot(...allowed), size),
    worstRow: Math.sqrt(Math.max(agreement.worst, agreement.slack)),
    verdict: agreement.holds ? 'holds' : 'fails',
    layers: sizes.map((s, layer) => ({
      layer,
      residual: over(residuals[layer], s),
      tolerance: over(allowed[layer], s),
    })),
  };
}

/** The certificate when nothing was recovered: all of the gradient is left unexplained. */
export const noCertificate: Certificate = {
  residual: 1,
  tolerance: 0,
  worstRow: Number.POSITIVE_INFINITY,
  verdict: 'fails',
  layers: [],
};

/** Replayed sample by sample, times each sample's share. */
function replayed(model: Mlp, batch: Batch, share: number): AffineLayer[] {
  const scaled = (values: Float64Array): Float64Array => values.map((v) => v * share);
  return replayGradient(model, batch).map(({ weight, bias }, i) => ({
    weight: { ...model.dense[i].weight, data: scaled(weight) },
    ...(model.dense[i].bias && { bias: scaled(bias) }),
  }));
}

/** Root of the summed variances of a layer's entries. */
function expected({ weight, bias }: AffineLayer, noise: ArithmeticNoise, i: number): number {
  return Math.sqrt(weight.columns * sum(noise.weight[i]) + (bias ? sum(noise.bias[i]) : 0));
}
