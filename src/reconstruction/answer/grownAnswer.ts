import { captureGradient } from '../../gradient/captureGradient';
import { flattenGradient } from '../../gradient/gradientDifference';
import { axpy, fromRows, norm } from '../../math/matrix';
import { isRelu } from '../../model/checkActivation';
import type { Pursued } from '../columns/pursue';
import type { Evidence } from '../evidence/evidence';
import { featuresAt } from '../evidence/sample';
import type { Grown } from '../rays/grow';
import type { ApproximateSample, LostSample } from '../result';
import { type Answer, within } from './answer';
import { exansOf } from './exansOf';

/** The answer where noise was added: what exclusive neurons give within error bars, which may be all of the batch or nothing. */
export function grownAnswer(evidence: Evidence, grown: Grown | null, pursued: Pursued | null): Answer {
  const { model, gradient } = evidence;
  const common = {
    method: pursued ? ('exan+pursuit' as const) : ('exan' as const),
    noise: evidence.misfit,
    systems: [],
    reduction: gradient.reduction,
    scale: evidence.scale,
  };
  const search = pursued ? `; pattern pursuit at that noise: ${pursued.reason}` : '';
  if (!grown) {
    const why = isRelu(model)
      ? 'nothing stands out of it that one sample explains'
      : 'exclusive neurons are looked for under ReLU only';
    const reason = `noise was added to the gradient, and ${why}${search}`;
    return { ...common, status: 'not-unique', batchSize: null, samples: [], residual: 1, reason };
  }
  const inputs = grown.samples.map((s) => featuresAt(s, 0));
  const counts = exansOf(model, inputs);
  const samples = grown.samples.map(
    ({ label, error }, m): ApproximateSample => ({
      status: 'approximate',
      how: 'exan',
      label,
      input: inputs[m],
      error,
      exans: counts[m],
      reason: within(error),
    }),
  );
  const batchSize = sizeOf(evidence, grown);
  const residual = leftBy(evidence, grown);
  const reason = `noise was added to the gradient: ${samples.length} of ${batchSize ?? 'an unknown number of'} samples are known within error bars${search}`;
  if (batchSize === samples.length) return { ...common, status: 'approximate', batchSize, samples, residual, reason };
  const lost: LostSample = {
    status: 'not-recovered',
    exans: new Array<number>(model.dense.length - 1).fill(0),
    reason: 'no rows that it alone drives could be told apart at this noise',
  };
  const missing = new Array<LostSample>(Math.max(0, (batchSize ?? 0) - samples.length)).fill(lost);
  return { ...common, status: 'partial', batchSize, samples: [...samples, ...missing], residual, reason };
}

/** M, where the samples found account for it or the rank of the gradient confirms it. */
export function sizeOf({ gradient, added }: Evidence, { size, samples }: Grown): number | null {
  const rank = added?.[0].signal?.right.rows;
  if (gradient.reduction === 'sum') return rank === samples.length ? samples.length : null;
  return size === samples.length || size === rank ? size : null;
}

/** ||gradient - the samples' share|| / ||gradient||. */
function leftBy({ model, gradient }: Evidence, { samples }: Grown): number {
  const batch = {
    inputs: fromRows(samples.map((s) => featuresAt(s, 0))),
    labels: Int32Array.from(samples, (s) => s.label),
  };
  const all = flattenGradient(gradient.gradients);
  const rest = all.slice();
  const sum = captureGradient(model, batch, { reduction: 'sum' });
  axpy(-(samples[0]?.weight ?? 0), flattenGradient(sum.gradients), rest);
  return norm(rest) / norm(all);
}
