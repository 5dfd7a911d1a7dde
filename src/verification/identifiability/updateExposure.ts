import { check } from '../../check';
import { exans } from '../../exclusivity/exans';
import { type LocalUpdateOptions, localUpdate } from '../../gradient/localUpdate';
import { updateNoise } from '../../gradient/updateNoise';
import { cholesky, inverseDiagonal } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { dot, norm, row, sum, withOnes } from '../../math/matrix';
import { quantile } from '../../math/quantile';
import type { Batch, DenseMatrix, Mlp, ModelUpdate } from '../../types';
import type { Verdict } from './exposure';
import { type LocalDeltas, localDeltas } from './localDeltas';
import { supportRanks } from './supportRanks';
import { unitRows } from './unitRows';

/** What a client's update would give away of one sample, and why. */
export interface UpdateSampleExposure {
  readonly verdict: Exclude<Verdict, 'not-unique'>;
  /** neurons that it alone activates, over the union of all steps: each such row of the update is its input, up to a factor */
  readonly exans: number;
  /** neurons that it leaves off in all of its steps: the zeros of its column */
  readonly zeros: number;
  /** how many of those are independent equations for its column: one less than there are samples fix it */
  readonly equations: number;
  /** root mean square error of its input that the rounding of the weights leaves, its deltas known; null where they are dependent */
  readonly error: number | null;
  readonly reason: string;
}

/** The analyst's answer about a client of several local steps, before it shares anything; plain values, so that it can be written as JSON. */
export interface UpdateExposure {
  readonly samples: readonly UpdateSampleExposure[];
  readonly counts: Readonly<Record<UpdateSampleExposure['verdict'], number>>;
  /** of SGD, mini-batches counted */
  readonly steps: number;
  /** of the hidden layer's update */
  readonly rank: number;
  /** fraction of the pairs of sample and neuron that are on in one step and off in another */
  readonly flips: number;
  /** how far deltas are from what one head between before and after makes of the loss vectors, relative to their size; median and largest */
  readonly drift: { readonly median: number; readonly largest: number };
  /** in a sentence or two */
  readonly summary: string;
}

/** Error of an input, relative to its root mean square, up to which it counts as given away: -20 dB. */
const visible = 0.1;

/**
 * {@link exposure} of a client that takes several local steps (method 12): what its update keeps of each sample's exclusive rows and zeros,
 * which have to hold in every step, and what the rounding of its weights hides.
 *
 * @throws InputError as `localUpdate`, and for networks whose updates are not read
 */
export function updateExposure(model: Mlp, batch: Batch, training: LocalUpdateOptions): UpdateExposure {
  check(
    model.dense.length === 2 && model.dense[0].bias !== undefined,
    () => `exposure: widths are ${model.widths}, expected one hidden layer with biases: other updates are not judged`,
  );
  check(
    !training.momentum,
    () => `exposure: momentum is ${training.momentum}, expected none: steps that count unequally are not judged yet`,
  );
  const update = localUpdate(model, batch, training);
  const { precision = 'float64', seed = 0, rate, epochs, batchSize } = training;
  const local = { rate, epochs, precision, seed, ...(batchSize !== undefined && { batchSize }) };
  const deltas = localDeltas(update.before, batch, local);
  const [M, n] = [batch.labels.length, deltas.summed.columns];
  const fires = { samples: M, neurons: n, fires: deltas.on };
  const alone = exans(fires);
  const silent = Array.from({ length: M }, (_, m) => [...Array(n).keys()].filter((j) => deltas.on[m * n + j] === 0));
  const { rank, ranks } = supportRanks(deltas.summed, withOnes(batch.inputs), silent);
  const errors = inputErrors(update, deltas);
  const samples = silent.map((off, m): UpdateSampleExposure => {
    const found = { exans: alone[m].length, zeros: off.length, equations: ranks[m], error: errors?.[m] ?? null };
    return {
      ...found,
      ...judge(found, { M, rank, size: norm(row(batch.inputs, m)) / Math.sqrt(batch.inputs.columns) }),
    };
  });
  const counts = { 'exposed-exan': 0, 'exposed-pursuit': 0, undetermined: 0 };
  for (const { verdict } of samples) counts[verdict]++;
  const flips = deltas.on.reduce((total, v, k) => total + v * deltas.off[k], 0) / (M * n);
  const drift = driftOf(update, deltas);
  const known = { samples, counts, steps: deltas.steps, rank, flips, drift };
  return { ...known, summary: summary(known, precision) };
}

/** What the noise of the weights' rounding makes of each input when the deltas are known: its part of (D D^T)^-1. */
function inputErrors(update: ModelUpdate, { summed, steps }: LocalDeltas): Float64Array | null {
  const noise = updateNoise(update, steps).weight[0];
  const deviation = Math.sqrt(sum(noise) / noise.length);
  const { unit, sizes } = unitRows(summed);
  const factor = cholesky(gemm(unit, unit, { b: true }));
  return factor && inverseDiagonal(factor).map((v, m) => (deviation * Math.sqrt(v)) / sizes[m]);
}

/** How far each row of D is from what heads on the line between before and after make of the summed losses, at the nearest of them. */
function driftOf({ before, after }: ModelUpdate, { summed, losses, on }: LocalDeltas): UpdateExposure['drift'] {
  const masked = (u: DenseMatrix): DenseMatrix => ({ ...u, data: u.data.map((v, k) => v * on[k]) });
  const [start, end] = [before, after].map(({ dense }) => masked(gemm(losses, dense[1].weight)));
  const drifts = Array.from({ length: summed.rows }, (_, m) => {
    const rest = row(summed, m).map((v, j) => v - row(start, m)[j]);
    const way = row(end, m).map((v, j) => v - row(start, m)[j]);
    const s = Math.min(1, Math.max(0, dot(rest, way) / (dot(way, way) || 1)));
    return norm(rest.map((v, j) => v - s * way[j])) / (norm(row(summed, m)) || 1);
  });
  return { median: quantile(drifts, 0.5), largest: Math.max(...drifts) };
}

function judge(
  { exans, zeros, equations, error }: Omit<UpdateSampleExposure, 'verdict' | 'reason'>,
  { M, rank, size }: { readonly M: number; readonly rank: number; readonly size: number },
): Pick<UpdateSampleExposure, 'verdict' | 'reason'> {
  const needed = `${zeros} neurons are off for it in every step and leave ${equations} equations for its column, ${M - 1} are needed`;
  const undetermined = (reason: string): Pick<UpdateSampleExposure, 'verdict' | 'reason'> => ({
    verdict: 'undetermined',
    reason,
  });
  if (rank < M) return undetermined(`the update has rank ${rank} for ${M} samples: nothing tells them apart`);
  if (error === null) return undetermined('its deltas are a combination of the other samples’');
  const bar = `the rounding of the weights leaves its entries ${error.toExponential(0)}`;
  if (error > visible * size) return undetermined(`${bar}, too much to see it; ${needed}`);
  if (exans >= 2)
    return {
      verdict: 'exposed-exan',
      reason: `it alone activates ${exans} neurons in some step, and no other sample does in any; ${bar}`,
    };
  if (equations < M - 1) return undetermined(needed);
  return { verdict: 'exposed-pursuit', reason: `${needed}; ${bar}` };
}

function summary({ samples, counts, steps, flips }: Omit<UpdateExposure, 'summary'>, precision: string): string {
  const M = samples.length;
  const given = M - counts.undetermined;
  const zeros = Math.min(...samples.map((s) => s.zeros));
  const taken = `${steps} local ${steps === 1 ? 'step' : 'steps'} in ${precision}`;
  const why = `every sample leaves at least ${zeros} neurons off throughout, where ${M - 1} independent ones fix it; ${(100 * flips).toFixed(0)} % of the neurons flip on the way`;
  if (given === M) return `the update of ${taken} gives all ${M} samples away: ${why}`;
  if (given > 0)
    return `the update of ${taken} gives ${given} of ${M} samples away; of the others nothing was shown, which does not make them safe`;
  return `nothing shows that the update of ${taken} gives any of the ${M} samples away, which does not make them safe`;
}
