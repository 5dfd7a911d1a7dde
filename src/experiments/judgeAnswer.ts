import { fromRows, norm, row } from '../math/matrix';
import { type FoundSample, hasInput, type Reconstruction, type RecoveredSample } from '../reconstruction/result';
import type { Batch } from '../types';
import { type ScoredPair, score } from '../verification/certificate/score';

/** Squared error, relative to the sample's mean square, up to which a sample counts as recovered. */
const recoveredWithin = 1e-6;

/** An answer held against the truth, which only an experiment knows. */
export interface JudgedAnswer {
  /** samples with their label and a squared error of at most 1e-6 of their mean square */
  readonly recovered: number;
  /** samples with their label and a true error of at most three of their own error bars */
  readonly within: number;
  /** samples with an error bar for which that does not hold */
  readonly beyond: number;
  /** samples called exact that are not recovered, and samples that an exact answer has too many or too few */
  readonly false: number;
  /** error bars, and the true errors of the same samples, both relative to the sample's root mean square */
  readonly bars: readonly number[];
  readonly errors: readonly number[];
}

/** Matches the found samples with the true ones and counts; several that came merged are held against each of them. */
export function judgeAnswer(found: Reconstruction, truth: Batch): JudgedAnswer {
  const all: readonly RecoveredSample[] = found.samples;
  const known = all.filter(hasInput);
  const [bars, errors]: [number[], number[]] = [[], []];
  let [recovered, within, wrong] = [0, 0, 0];
  for (const pair of pairsOf(known, truth)) {
    const sample = known[pair.found];
    const x = row(truth.inputs, pair.truth);
    const size = norm(x) / Math.sqrt(x.length) || 1; // of a dark sample the error itself
    const right = pair.labelMatches && pair.mse <= recoveredWithin * size ** 2;
    if (right) recovered++;
    if (sample?.status === 'exact' && !right) wrong++;
    if (!sample || !hasBar(sample)) continue;
    bars.push(sample.error / size);
    errors.push(Math.sqrt(pair.mse) / size);
    if (pair.labelMatches && Math.sqrt(pair.mse) <= 3 * sample.error) within++;
  }
  const barred = known.filter(hasBar).length;
  if (found.status === 'exact') wrong += Math.abs(known.length - truth.labels.length);
  return { recovered, within, beyond: barred - within, false: wrong, bars, errors };
}

/** An infinite one says nothing, so that nothing lies within it. */
function hasBar(sample: FoundSample): sample is FoundSample & { readonly error: number } {
  return 'error' in sample && Number.isFinite(sample.error);
}

function pairsOf(known: readonly { input: Float64Array; label: number }[], truth: Batch): readonly ScoredPair[] {
  if (known.length === 0) return [];
  return score({ inputs: fromRows(known.map((s) => s.input)), labels: Int32Array.from(known, (s) => s.label) }, truth)
    .pairs;
}
