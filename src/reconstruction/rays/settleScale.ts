import { norm } from '../../math/matrix';
import { forward } from '../../model/forward';
import type { DenseMatrix, Mlp } from '../../types';
import type { KnownSample } from '../evidence/knownSample';
import type { RecoveredSample } from '../result';
import { paperScale, twoClassScales } from './scale';

/** Input, status and reason of a sample whose input is known up to its length at least. */
export type Settled = Pick<RecoveredSample, 'status' | 'input' | 'reason'>;

/**
 * Settles the length of a sample's input. With biases, and for K >= 3, it was solved already. For K = 2 without biases
 * all loss vectors are parallel, so the length follows only from the weight 1/M, and may be ambiguous (SPEC 3.2).
 *
 * @param weight 1/M, or 1 under `sum`
 * @param rule 'paper' replaces the solution by the paper's 2/3 rule, in networks without biases
 */
export function settleScale(model: Mlp, sample: KnownSample, weight: number, rule: 'solve' | 'paper'): Settled {
  const input = sample.features[0].data;
  const biases = model.dense.some((l) => l.bias);
  if (biases || (rule === 'solve' && sample.weight !== null)) return { status: 'exact', input };
  const length = norm(input);
  const direction = input.map((v) => v / length);
  const seen = (sample.deltas.at(-1) as DenseMatrix).data.map((v) => v * length);
  const times = (t: number): Float64Array => direction.map((v) => v * t);
  if (rule === 'paper')
    return {
      status: 'estimate',
      input: times(paperScale(seen, sample.label, weight)),
      reason: "length by the paper's rule (label's loss entry at 2/3 of its bound)",
    };
  const logits = forward(model, { rows: 1, columns: direction.length, data: direction }).logits.data;
  const margin = logits[sample.label] - logits[1 - sample.label];
  const scales = twoClassScales(margin, Math.abs(seen[sample.label]) / weight);
  if (scales.length === 0)
    return { status: 'not-recovered', reason: 'no length of the input fits its share of the gradient' };
  if (scales.length === 1) return { status: 'exact', input: times(scales[0]) };
  return {
    status: 'estimate',
    input: times(scales[0]),
    reason: `two lengths give the same gradient (K = 2 without biases): ${scales.map((t) => t.toPrecision(6)).join(' and ')}, the shorter is shown`,
  };
}
