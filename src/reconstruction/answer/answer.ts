import { row } from '../../math/matrix';

import type { Evidence } from '../evidence/evidence';
import type { WholeBatch } from '../fit/wholeBatch';
import type { ApproximateSample, ExactSample, MergedSample, Method, Reconstruction } from '../result';
import { doubts } from './accept';
import { exansOf } from './exansOf';

/** An answer but for what the whole call knows: time and what the search cost. */
export type Answer = OmitEach<Reconstruction, 'seconds' | 'search' | 'backend'>;

type OmitEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * The answer when all samples of the batch were found: exact where nothing speaks against it, else each with its error bar.
 *
 * @param how each distinct sample was found
 */
export function wholeAnswer(evidence: Evidence, batch: WholeBatch, how: (m: number) => Method): Answer {
  const why = doubts(evidence, batch);
  const order = [...batch.labels.keys()].flatMap((m) => new Array<number>(batch.copies[m]).fill(m));
  const inputs = order.map((m) => row(batch.inputs, m).slice());
  const counts = exansOf(evidence.model, inputs);
  const methods = new Set(order.map(how));
  const common = {
    method: methods.size > 1 ? ('exan+pursuit' as const) : (how(0) as Method),
    noise: evidence.misfit,
    residual: batch.agreement.residual,
    systems: batch.systems,
    reduction: batch.reduction,
    scale: batch.factor === null ? null : batch.factor * evidence.scale,
  };
  // what is left beyond the noise may be any sample's
  const wider = batch.agreement.holds ? 1 : Math.sqrt(Math.max(1, batch.agreement.worstFound));
  const known = order.map((m, k) => ({
    how: how(m),
    label: batch.labels[m],
    input: inputs[k],
    error: batch.errors[m] * wider,
    exans: counts[k],
  }));
  if (why === null && batch.size !== null) {
    const reason = `${order.length} samples replay the whole gradient to its noise, residual ${batch.agreement.residual.toExponential(1)}`;
    const samples = known.map((s): ExactSample => ({ status: 'exact', ...s }));
    return { ...common, status: 'exact', batchSize: batch.size, samples, reason };
  }
  const samples = known.map((s, k): ApproximateSample | MergedSample => {
    const copies = batch.copies[order[k]];
    return copies > 1
      ? {
          status: 'merged',
          ...s,
          copies,
          reason: `${copies} samples of one label that the gradient does not tell apart: their mean`,
        }
      : { status: 'approximate', ...s, reason: within(s.error) };
  });
  const missing = batch.size !== null && batch.size > order.length;
  const found = missing ? `${order.length} of ${batch.size} samples were found` : 'all samples were found';
  const reason = `${found}, none is called exact: ${why}`;
  return missing
    ? { ...common, status: 'partial', batchSize: batch.size, samples, reason }
    : { ...common, status: 'approximate', batchSize: batch.size, samples, reason };
}

/** What an error bar says. */
export function within(error: number): string {
  return `true within about ${error.toExponential(1)} (root mean square per entry), by the gradient's own noise`;
}
