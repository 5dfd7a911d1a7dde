import { atMost } from '../../math/chiSquared';
import type { Remainder } from '../evidence/remainder';
import type { Labelled, Question } from './labelled';
import type { WeightFit } from './weightFit';

/** A wrong sample must have less than one chance in 10^this of fitting by accident. */
const digitsOfEvidence = 12;

/** Where only rounding is in the way, a wrong sample misses by many powers of ten, and errors are coherent: much may pass. */
export function fitsWell({ evidence }: Remainder, { chiSquared, evidence: fall, count }: WeightFit): boolean {
  if (!evidence.added) return chiSquared <= 25 * count && chiSquared < 1e-2 * fall;
  return count >= 4 && chiSquared <= Math.max(atMost(count), 1.6 * count);
}

/**
 * Samples that share all patterns above mix within the K columns of the responses, so no more than K equations count; the zero sum, the
 * weight and without biases the length use some of them up. Where few are left the weight must be 1/M, as every single sample's is.
 */
export function surprising({ left, one, members, loss }: Question, { fit, t, tVariance }: Labelled): boolean {
  const { evidence } = left;
  if (evidence.added) return true; // there the joint fit decides
  const classes = evidence.model.widths[evidence.model.widths.length - 1];
  const digits = Math.max(0, Math.log10(Math.sqrt(fit.evidence / fit.count)) - 2);
  const spare = classes - (loss ? 3 : 2);
  const width = left.layers[one.layer].array.columns;
  const parallel = classes === 2 ? 0 : (members.length - 1) * Math.max(0, width - 2);
  const isOne = digits * parallel >= digitsOfEvidence; // rows that no two samples give
  const needsShare = spare < 2 || classes === 2 || digits * (spare + parallel) < digitsOfEvidence;
  const relative = Math.hypot(fit.relative, Math.sqrt(tVariance) / t);
  const within = { tolerance: Math.max(10 * relative, 100 * evidence.unit), luck: isOne ? 2e-2 : 1e-3 };
  if (needsShare && !isShare(fit.weight / t, within)) return false;
  return members.length > 1 || digits * spare >= digitsOfEvidence;
}

/** True when a weight is 1/M for a whole M, as every single sample's is; any weight would be with a chance of `luck`. */
function isShare(weight: number, { tolerance, luck }: { tolerance: number; luck: number }): boolean {
  const size = Math.round(1 / weight);
  return size >= 1 && tolerance * size < luck && Math.abs(1 / weight - size) <= tolerance * size;
}
