import { gemm } from '../../math/gemm';
import { matrix, norm, row } from '../../math/matrix';
import type { LossSubspace } from '../columns/lossSubspace';
import { type Evidence, leftOver } from '../evidence/leftOver';
import type { Guess, Share } from '../evidence/share';
import { type CompleteBatch, repeated } from './completeBatch';
import { type JointFit, jointFit } from './jointFit';
import { replayResidual } from './replayResidual';

/** A pursued batch at the noise of the gradient. */
export interface WeighedBatch {
  /** distinct samples with error bars */
  readonly shares: readonly Share[];
  /** copies of each in the batch */
  readonly counts: Int32Array;
  /** ||replayed - shared|| / ||shared|| */
  readonly residual: number;
}

/**
 * Fits a pursued batch to the gradient with each entry's own variance, and tests it: nine in ten neurons' rows of layer 0
 * must be explained at the noise floor, and so must the layer above as a whole (chi-squared per entry at most 2).
 *
 * @returns null for a batch that leaves more than noise
 */
export function weighBatch(evidence: Evidence, space: LossSubspace, batch: CompleteBatch): WeighedBatch | null {
  const { model, gradient } = evidence;
  const errors = errorsOf(space, batch, model.dense.length === 2);
  const guesses = Array.from(batch.labels, (label, m): Guess => {
    const weight = batch.counts[m] / (gradient.reduction === 'mean' ? batch.batchSize : 1);
    return { input: row(batch.inputs, m).slice(), label, weight, error: errors[m] };
  });
  const stands = ({ explained, standing, shares }: JointFit): boolean =>
    explained >= 0.9 * standing && aboveMisfit(evidence, shares) < 2;
  let fit = jointFit(evidence, guesses);
  if (!stands(fit)) fit = jointFit(evidence, guesses, 0); // its rounds may lead away from a batch that was right
  if (!stands(fit)) return null;
  const inputs = matrix(fit.shares.length, batch.inputs.columns);
  for (const [m, { input }] of fit.shares.entries()) row(inputs, m).set(input);
  const all = repeated(inputs, batch.labels, batch.counts);
  return {
    shares: fit.shares,
    counts: batch.counts,
    residual: replayResidual(model, gradient, all, gradient.reduction),
  };
}

/** What the noise of q adds to that of the solve, as measured over random networks: 1.5 in the median. */
const ofColumns = 1.5;

/**
 * Noise of a solved input per entry: f = Q^-1 Uᵀ A, so that of A, magnified by ||c / S|| with c = V f (see deltaNoise);
 * its bound ||f|| / S_r where the space is a deeper layer's than the inputs' own.
 */
function errorsOf({ v, s, entryNoise }: LossSubspace, { inputs }: CompleteBatch, own: boolean): Float64Array {
  if (!own)
    return Float64Array.from(
      { length: inputs.rows },
      (_, m) => (ofColumns * entryNoise * Math.hypot(1, norm(row(inputs, m)))) / (s.at(-1) as number),
    );
  const all = matrix(inputs.rows, v.columns, new Float64Array(inputs.rows * v.columns).fill(1));
  for (let m = 0; m < inputs.rows; m++) row(all, m).set(row(inputs, m));
  const c = gemm(all, v, { b: true });
  return Float64Array.from(
    { length: inputs.rows },
    (_, m) => ofColumns * entryNoise * Math.hypot(...row(c, m).map((x, k) => x / s[k])),
  );
}

/** Mean chi-squared per entry of what the samples leave of G_1, where anything is known of it. */
function aboveMisfit(evidence: Evidence, shares: readonly Share[]): number {
  const { above, aboveVariance } = leftOver(evidence, shares);
  let [sum, count] = [0, 0];
  above.data.forEach((x, k) => {
    const variance = aboveVariance.data[k];
    if (variance === Number.POSITIVE_INFINITY) return;
    sum += x ** 2 / variance;
    count++;
  });
  return sum / count;
}
