import { captureGradient } from '../../gradient/captureGradient';
import { flattenGradient } from '../../gradient/gradientDifference';
import { axpy, fromRows, norm } from '../../math/matrix';
import type { AveragedGradient, Mlp } from '../../types';
import type { Evidence } from '../evidence/leftOver';
import { type AdaptiveFinding, adaptiveAttack } from '../rays/adaptiveAttack';
import type { Reconstruction, RecoveredSample } from '../result';
import { approximateSamples } from './approximateSamples';

type Answer = Omit<Reconstruction, 'seconds'>;

/**
 * The answer of the exact attack, which explained nothing, with the samples that the adaptive attack finds within error
 * bars. Its status stays what it was for an inconsistent gradient; otherwise finding some makes it partial.
 */
export function approximate(evidence: Evidence, first: Answer): Answer {
  const { model, gradient } = evidence;
  const found = adaptiveAttack(evidence);
  if (!found) return first;
  const samples = approximateSamples(model, found.shares, 'exan');
  const batchSize = sizeOf(found);
  const lost: RecoveredSample = {
    status: 'not-recovered',
    exans: new Array<number>(model.dense.length - 1).fill(0),
    reason: 'no rows that it alone drives could be told apart at this noise',
  };
  const missing = new Array<RecoveredSample>(Math.max(0, (batchSize ?? 0) - samples.length)).fill(lost);
  return {
    ...first,
    status: first.status === 'inconsistent' ? 'inconsistent' : 'partial',
    batchSize,
    samples: [...samples, ...missing],
    reason: `${first.reason}; at the noise measured, ${samples.length} of ${batchSize ?? 'an unknown number of'} samples are known within error bars, none exactly`,
    residual: leftBy(model, gradient, found),
    reduction: found.reduction,
  };
}

/** M, where the samples found account for it or the rank of the gradient confirms it. */
function sizeOf({ size, shares, reduction, noise }: AdaptiveFinding): number | null {
  if (reduction === 'sum') return noise.signal.right.rows === shares.length ? shares.length : null;
  return size === shares.length || size === noise.signal.right.rows ? size : null;
}

/** ||gradient - the samples' share|| / ||gradient||. */
function leftBy(model: Mlp, gradient: AveragedGradient, { shares }: AdaptiveFinding): number {
  const batch = { inputs: fromRows(shares.map((s) => s.input)), labels: Int32Array.from(shares, (s) => s.label) };
  const all = flattenGradient(gradient.gradients);
  const rest = all.slice();
  const sum = captureGradient(model, batch, { reduction: 'sum' });
  axpy(-(shares[0]?.weight ?? 0), flattenGradient(sum.gradients), rest);
  return norm(rest) / norm(all);
}
