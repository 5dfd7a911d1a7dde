import { type Agreement, agreement } from '../../gradient/agreement';
import { type ArithmeticNoise, arithmeticNoise } from '../../gradient/arithmeticNoise';
import { gradientDifference } from '../../gradient/gradientDifference';
import { type GradientState, gradientAt, gradientState } from '../../gradient/gradientState';
import { lossSlack } from '../../gradient/lossSlack';
import { row } from '../../math/matrix';
import { affine } from '../../model/layers/dense';
import type { DenseMatrix } from '../../types';
import { type BatchSize, batchSizeFrom } from '../evidence/batchSize';
import type { Evidence } from '../evidence/evidence';
import { type NoiseModel, varianceOf } from '../evidence/noiseModel';
import { type FitProblem, refine, spread } from './refine';
import { settlePattern } from './settlePattern';

/** System solved on the way: how well a layer determined what was asked of it. */
export interface SolvedSystem {
  readonly layer: number;
  readonly rank: number;
  readonly condition: number;
}

/** All distinct samples of a batch, as candidates. */
export interface BatchGuess {
  /** r x d0 */
  readonly inputs: DenseMatrix;
  readonly labels: Int32Array;
  /** of each sample in the gradient */
  readonly weights: readonly number[];
  /** patterns[i] where they are known better than by a forward pass (r x widths[i+1]) */
  readonly patterns?: readonly (DenseMatrix | undefined)[];
  readonly systems: readonly SolvedSystem[];
}

/** A whole batch and how well it gives the gradient. */
export interface WholeBatch extends BatchSize {
  /** distinct samples, r x d0 */
  readonly inputs: DenseMatrix;
  readonly labels: Int32Array;
  /** each sample's weight in the gradient, copies together */
  readonly shares: Float64Array;
  /** expected root mean square error of each sample's entries */
  readonly errors: Float64Array;
  readonly agreement: Agreement;
  readonly systems: readonly SolvedSystem[];
}

/**
 * Batch size, refinement and replay of a guess of the whole batch.
 *
 * @returns null when the weights are no small multiples of one unit, so that this is not the whole batch
 */
export function wholeBatch(evidence: Evidence, guess: BatchGuess): WholeBatch | null {
  const { gradient, scale } = evidence;
  const weights = guess.weights.map((w) => w / scale);
  const size = batchSizeFrom(weights, true, gradient.reduction, 0.1);
  const shares = sharesOf(size, weights).map((w) => w * scale);
  if (!shares.every((w) => w > 0)) return null;
  const first = replay(evidence, guess, shares);
  const best = first.agreement.holds ? first : better(evidence, guess, shares, first);
  const errors = spread(fitProblem(evidence, best, guess.labels, shares), best.inputs);
  return { ...size, ...best, shares, labels: guess.labels, errors, systems: guess.systems };
}

/** Exact weights where the batch size shows them, else the mean of what was seen. */
function sharesOf({ size, copies, reduction, factor }: BatchSize, weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const seen = copies.reduce((sum, c) => sum + c, 0);
  const each = factor !== 1 ? total / seen : reduction === 'mean' && size !== null ? 1 / size : 1;
  return Float64Array.from(copies, (c) => c * each);
}

interface Replay {
  readonly inputs: DenseMatrix;
  readonly state: GradientState;
  readonly noise: ArithmeticNoise;
  readonly agreement: Agreement;
}

/** Forward and backward pass of the batch as it stands, held against the gradient. */
function replay(
  evidence: Evidence,
  { inputs, labels }: Pick<BatchGuess, 'inputs' | 'labels'>,
  shares: Float64Array,
): Replay {
  const { model, gradient, unit } = evidence;
  const state = gradientState(model, { inputs, labels }, { shares });
  const pass = { ...state, preActivations: model.dense.map((layer, i) => affine(layer, state.features[i])) };
  const noise = withAdded(evidence, arithmeticNoise(model, pass, labels, unit));
  const gap = gradientDifference(gradient.gradients, gradientAt(model, state));
  const without = agreement(gradient.gradients, gap, noise);
  if (without.holds) return { inputs, state, noise, agreement: without };
  const slack = lossSlack(model, gap, state, noise);
  const beside = { ...slack, data: slack.data.map((e, k) => e / shares[Math.floor(k / slack.columns)]) };
  const moved = gradientAt(model, gradientState(model, { inputs, labels }, { shares, slack: beside }));
  return {
    inputs,
    state,
    noise,
    agreement: agreement(gradient.gradients, gradientDifference(gradient.gradients, moved), noise, slack),
  };
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

/** The refined batch, or the one before where it is no better. */
function better(evidence: Evidence, guess: BatchGuess, shares: Float64Array, first: Replay): Replay {
  const problem = fitProblem(evidence, first, guess.labels, shares, guess.patterns);
  const pattern = guess.patterns?.[0];
  let best = first;
  refine(problem, guess.inputs, (inputs) => {
    const settled = pattern ? settlePattern(evidence.model.dense[0], inputs, pattern, 1e-5) : inputs;
    const again = replay(evidence, { ...guess, inputs: settled }, shares);
    if (again.agreement.holds || again.agreement.residual < best.agreement.residual) best = again;
    return again.agreement.holds;
  });
  return best;
}

function fitProblem(
  { model, gradient }: Evidence,
  { noise }: Replay,
  labels: Int32Array,
  shares: Float64Array,
  patterns?: BatchGuess['patterns'],
): FitProblem {
  return { model, gradient: gradient.gradients, labels, shares, noise, ...(patterns && { patterns }) };
}
