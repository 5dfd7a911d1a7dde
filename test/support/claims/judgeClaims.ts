import { row } from '../../../src/math/matrix';
import { hasInput, type Reconstruction, type RecoveredSample } from '../../../src/reconstruction/result';
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
export function judgeClaims(
  { secret, disturbed }: Pick<ClaimCase, 'secret' | 'disturbed'>,
  found: Reconstruction,
): Judgement {
  const falseClaims: string[] = [];
  const ratios: number[] = [];
  const truth = distinct(secret);
  const left = truth.counts.slice();
  const repeated = repetitions(secret);
  let recovered = 0;
  const all: readonly RecoveredSample[] = found.samples;
  all.forEach((s, k) => {
    if (!hasInput(s)) return;
    const { at, error, size } = nearest(s.input, s.label, truth, left);
    if (s.status === 'exact' && !(error ** 2 <= exactly * size ** 2))
      falseClaims.push(`sample ${k} called exact is off by ${(error / size).toExponential(1)}`);
    // a mean of several is none of them: it is held against the mean of as many of the nearest
    const copies = s.status === 'merged' ? s.copies : found.reduction === 'mean' ? repeated : 1;
    const own = copies > 1 ? meanError(s.input, s.label, secret, copies) : error;
    const bar = 'error' in s ? s.error : Number.POSITIVE_INFINITY;
    if ('error' in s) ratios.push(own === 0 ? 0 : own / bar);
    const within = s.status === 'exact' || ('error' in s && own <= 3 * bar);
    if (!within || at < 0 || !(error < 0.3 * size)) return;
    left[at]!--;
    recovered++;
  });
  if (found.status === 'exact') {
    const m = secret.labels.length;
    // a batch in which every sample stands k times, or nearly so, has the mean gradient of the batch without repetitions
    const whole = found.reduction === 'mean' ? m / repeated : m;
    if (found.batchSize !== whole && found.batchSize !== m)
      falseClaims.push(`exact with ${found.batchSize} of ${m} samples`);
    else if (recovered < found.batchSize) falseClaims.push(`exact, but only ${recovered} of ${m} samples are there`);
  }
  return { falseClaims, refused: disturbed === 'no' && found.status === 'inconsistent', recovered, ratios };
}

interface Distinct extends Batch {
  readonly counts: number[];
}

/** Every different sample once, with how often it stands in the batch. */
function distinct({ inputs, labels }: Batch): Distinct {
  const keys = new Map<string, number>();
  const first: number[] = [];
  const counts: number[] = [];
  labels.forEach((y, m) => {
    const key = `${y} ${row(inputs, m).join(' ')}`;
    const at = keys.get(key) ?? first.length;
    if (!keys.has(key)) {
      keys.set(key, at);
      first.push(m);
      counts.push(0);
    }
    counts[at]!++;
  });
  const data = Float64Array.from(first.flatMap((m) => [...row(inputs, m)]));
  return {
    inputs: { rows: first.length, columns: inputs.columns, data },
    labels: Int32Array.from(first, (m) => labels[m]!),
    counts,
  };
}

/** How often every sample stands, counting those as equal that differ by less than an exact answer may be off. */
function repetitions({ inputs, labels }: Batch): number {
  const taken = new Set<number>();
  let divisor = 0;
  for (const m of labels.keys()) {
    if (taken.has(m)) continue;
    const x = row(inputs, m);
    const near = [...labels.keys()].filter(
      (k) => !taken.has(k) && labels[k] === labels[m] && distance(row(inputs, k), x) <= 2 * Math.sqrt(exactly) * rms(x),
    );
    for (const k of near) taken.add(k);
    divisor = gcd(divisor, near.length);
  }
  return divisor;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** The closest true sample with that label that is not taken yet, root mean square over entries. */
function nearest(
  input: Float64Array,
  label: number,
  { inputs, labels }: Batch,
  left: readonly number[],
): { at: number; error: number; size: number } {
  let best = { at: -1, error: Number.POSITIVE_INFINITY, size: rms(input) };
  labels.forEach((y, m) => {
    if (y !== label || !(left[m]! > 0)) return;
    const x = row(inputs, m);
    const error = rms(x.map((v, d) => v - input[d]!));
    if (error < best.error) best = { at: m, error, size: rms(x) };
  });
  return best;
}

/** Error of a mean of several samples: against the mean of as many true ones, the nearest of that label. */
function meanError(input: Float64Array, label: number, { inputs, labels }: Batch, copies: number): number {
  const near = [...labels.keys()]
    .filter((m) => labels[m] === label)
    .map((m) => row(inputs, m))
    .sort((x, y) => distance(x, input) - distance(y, input))
    .slice(0, copies);
  if (near.length < copies) return Number.POSITIVE_INFINITY;
  return distance(
    input.map((_, d) => near.reduce((sum, x) => sum + x[d]! / copies, 0)),
    input,
  );
}

function distance(x: Float64Array, y: Float64Array): number {
  return rms(x.map((v, d) => v - y[d]!));
}

function rms(x: Float64Array): number {
  return Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
}
