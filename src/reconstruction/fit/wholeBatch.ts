import type { Agreement } from '../../gradient/agreement';
import { hopeless } from '../../gradient/slackAgreement';
import { dot, norm, row } from '../../math/matrix';
import { forward } from '../../model/forward';
import { lossVector } from '../../model/softmax';
import type { DenseMatrix } from '../../types';
import { type BatchSize, batchSizeFrom } from '../evidence/batchSize';
import type { Evidence } from '../evidence/evidence';
import type { Limit, Working } from '../working';
import { refine } from './refine';
import { replay } from './replay';
import { settlePattern } from './settlePattern';
import { factorErrors } from './sharedFactor';

/** Unknowns, samples times classes, from which on a batch that already replays the gradient to its noise is not refined. */
const large = 400;

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
  /** loss vectors times each sample's weight in the gradient (r x K) */
  readonly losses: DenseMatrix;
  /** deviation of each input's entries, as far as it is known. @default 0 */
  readonly errors?: readonly number[];
  /** 1 where a neuron of ReLU layer i fires (r x widths[i+1]). @default as in a forward pass */
  readonly patterns?: readonly DenseMatrix[];
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
  /** deviation of each sample's loss vector over its size */
  readonly lossErrors: Float64Array;
  readonly agreement: Agreement;
  readonly systems: readonly SolvedSystem[];
}

/**
 * Batch size, refinement and replay of a guess of the whole batch.
 *
 * @returns null when the weights are no small multiples of one unit, so that this is not the whole batch
 */
export function* wholeBatch(evidence: Evidence, guess: BatchGuess, limit: Limit): Working<WholeBatch | null> {
  const { model, gradient, scale } = evidence;
  const { inputs, labels, losses, systems } = guess;
  const weights = weightsOf(evidence, guess).map((w) => w / scale);
  const size = batchSizeFrom(weights, true, gradient.reduction, 0.1);
  const shares = sharesOf(size, weights).map((w) => w * scale);
  if (!shares.every((w) => w > 0)) return null;
  const { noise, state, agreement: first } = replay(evidence, inputs, labels, shares);
  const lossErrors = shares.map((_, m) => norm(row(noise.losses, m)) / norm(row(losses, m)));
  const units = weights.map((w, m) => w / size.copies[m]);
  const open = size.factor === 1 ? null : factorErrors(model, inputs, labels, units, lossErrors);
  const widened = (errors: ArrayLike<number>): Float64Array =>
    Float64Array.from(errors, (e, m) => (open ? Math.hypot(e, open[m]) : e));
  const rest = { ...size, shares, labels, lossErrors, systems };
  // samples that exclusive neurons gave come with their bars; where those are of no account, this is all
  if (first.holds && guess.errors) return { ...rest, inputs, errors: widened(guess.errors), agreement: first };
  const patterns = guess.patterns ?? state.patterns;
  const problem = { model, gradient: gradient.gradients, labels, shares, patterns, noise };
  const wrong = first.residual > hopeless(state, noise);
  // a large batch that holds as it is gains less than the equations for all its loss vectors cost
  const enough = first.holds && noise.losses.data.length > large;
  const refined = yield* refine(problem, losses, limit, wrong || enough ? 0 : undefined);
  if (!refined) return null;
  const errors = widened(refined.errors.map((e, m) => Math.max(e, guess.errors?.[m] ?? 0)));
  if (wrong) return { ...rest, inputs, errors, agreement: first };
  const settled = settlePattern(model.dense[0], refined.inputs, patterns[0], 1e-5);
  const { agreement: after } = replay(evidence, settled, labels, shares);
  return after.holds || (!first.holds && after.residual < first.residual)
    ? { ...rest, inputs: settled, errors: widened(refined.errors), agreement: after }
    : { ...rest, inputs, errors, agreement: first };
}

/** weight of each sample: its loss vector in the gradient over its own, which follows from the inputs. */
function weightsOf({ model }: Evidence, { inputs, labels, losses }: BatchGuess): number[] {
  const { logits } = forward(model, inputs);
  return Array.from(labels, (label, m) => {
    const g = lossVector(row(logits, m), label);
    return dot(g, row(losses, m)) / dot(g, g);
  });
}

/** Exact weights where the batch size shows them, else the mean of what was seen. */
function sharesOf({ size, copies, reduction, factor }: BatchSize, weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const seen = copies.reduce((sum, c) => sum + c, 0);
  const each = factor !== 1 ? total / seen : reduction === 'mean' && size !== null ? 1 / size : 1;
  return Float64Array.from(copies, (c) => c * each);
}
