import { matrix, norm } from '../../math/matrix';
import { forward } from '../../model/forward';
import type { Mlp } from '../../types';
import { featuresAt, type Sample } from '../evidence/sample';
import { paperScale, twoClassScales } from '../rays/scale';

/** An input whose direction is known: at some length, and why that one; no input when none fits. */
export interface SettledLength {
  readonly input: Float64Array | null;
  readonly reason: string;
}

/**
 * The length of a sample's input where the gradient leaves it open: for K = 2 without biases all loss vectors are parallel, so it follows
 * only from an assumed weight 1/M, and may be ambiguous even then (method 3.2).
 *
 * @param weight 1/M, or 1 under `sum`, as assumed
 * @param rule 'paper' takes the paper's 2/3 rule instead, in any network without biases
 * @returns null where nothing is open
 */
export function settleLength(
  model: Mlp,
  sample: Sample,
  weight: number,
  rule: 'solve' | 'paper',
): SettledLength | null {
  if (model.dense.some((l) => l.bias) || (rule === 'solve' && sample.weight !== null)) return null;
  const input = featuresAt(sample, 0);
  const length = norm(input);
  const direction = input.map((v) => v / length);
  const seen = sample.deltas[sample.deltas.length - 1].data.map((v) => v * length);
  const times = (t: number): Float64Array => direction.map((v) => v * t);
  if (rule === 'paper')
    return {
      input: times(paperScale(seen, sample.label, weight)),
      reason: "length by the paper's rule (label's loss entry at 2/3 of its bound)",
    };
  const logits = forward(model, matrix(1, direction.length, direction)).logits.data;
  const margin = logits[sample.label] - logits[1 - sample.label];
  const scales = twoClassScales(margin, Math.abs(seen[sample.label]) / weight);
  const assumed = `K = 2 without biases, weight ${weight.toPrecision(3)} assumed`;
  if (scales.length === 0)
    return { input: null, reason: `no length of the input fits its share of the gradient (${assumed})` };
  if (scales.length === 1)
    return { input: times(scales[0]), reason: `its length rests on the batch size (${assumed})` };
  const both = scales.map((t) => t.toPrecision(6)).join(' and ');
  return {
    input: times(scales[0]),
    reason: `two lengths give the same gradient (${assumed}): ${both}, the shorter is shown`,
  };
}
