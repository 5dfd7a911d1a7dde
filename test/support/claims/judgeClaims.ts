import { row } from '../../../src/math/matrix';
import type { Reconstruction } from '../../../src/reconstruction/result';
import type { Batch } from '../../../src/types';
import type { ClaimCase } from './claimCase';

/** What an answer claims that is not so, and how good its error bars are. */
export interface Judgement {
  /** in words; each is the worst defect there is */
  readonly falseClaims: readonly string[];
  /** a true gradient, perhaps noisy, was said to be no batch's */
  readonly refused: boolean;
  /** true samples whose input and label stand in the answer, called exact or within three error bars */
  readonly recovered: number;
  /** true error over error bar, of each sample that has one */
  readonly ratios: readonly number[];
}

/** Normalised squared error up to which a sample called exact is. */
const exactly = 1e-6;

/** Holds an answer against the truth. */
export function judgeClaims({ secret, disturbed }: ClaimCase, found: Reconstruction): Judgement {
  const falseClaims: string[] = [];
  const ratios: number[] = [];
  const taken = new Set<number>();
  found.samples.forEach((s, k) => {
    if (!s.input || s.label === undefined || s.status === 'not-recovered') return;
    const { at, error, size } = nearest(s.input, s.label, secret, taken);
    if (s.status === 'exact' && !(error ** 2 <= exactly * size ** 2))
      falseClaims.push(`sample ${k} called exact is off by ${(error / size).toExponential(1)}`);
    if (s.error !== undefined) ratios.push(s.error > 0 ? error / s.error : error === 0 ? 0 : Number.POSITIVE_INFINITY);
    const within = s.status === 'exact' || (s.error !== undefined && error <= 3 * s.error);
    if (within && at >= 0 && error < 0.3 * size) taken.add(at);
  });
  if (found.status === 'exact') {
    const m = secret.labels.length;
    if (found.batchSize !== m) falseClaims.push(`exact with ${found.batchSize ?? 'unknown'} of ${m} samples`);
    else if (taken.size < m) falseClaims.push(`exact, but ${m - taken.size} samples of ${m} are missing`);
  }
  return { falseClaims, refused: disturbed === 'no' && found.status === 'inconsistent', recovered: taken.size, ratios };
}

/** The closest true sample with that label that no other answer has taken, root mean square over entries. */
function nearest(
  input: Float64Array,
  label: number,
  { inputs, labels }: Batch,
  taken: ReadonlySet<number>,
): { at: number; error: number; size: number } {
  let best = { at: -1, error: Number.POSITIVE_INFINITY, size: rms(input) };
  labels.forEach((y, m) => {
    if (y !== label || taken.has(m)) return;
    const x = row(inputs, m);
    const error = rms(x.map((v, d) => v - input[d]!));
    if (error < best.error) best = { at: m, error, size: rms(x) };
  });
  return best;
}

function rms(x: Float64Array): number {
  return Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
}
