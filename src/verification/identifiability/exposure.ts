import { check } from '../../check';
import { exclusivityState } from '../../exclusivity/exclusivityState';
import { expectedExans } from '../../exclusivity/expectedExans';
import { peelingRounds } from '../../exclusivity/peelingRounds';
import { type SecurityBoundary, securityBoundary } from '../../exclusivity/securityBoundary';
import type { LocalUpdateOptions } from '../../gradient/localUpdate';
import { checkRelu } from '../../model/checkActivation';
import type { Batch, ConvNet, Mlp } from '../../types';
import { type ConvExposure, convExposure } from './convExposure';
import { type Identifiability, identifiability } from './identifiability';
import { type LocalIdentifiability, localIdentifiability } from './localIdentifiability';
import { type UpdateExposure, updateExposure } from './updateExposure';

/**
 * - `exposed-exan`: the neurons that the sample alone activates give it away (method 3)
 * - `exposed-pursuit`: without enough of them, the zeros of its column do (method 4)
 * - `not-unique`: a null direction moves it: other inputs give the same gradient
 * - `undetermined`: none was shown; not recovered so far, with no claim of safety
 */
export type Verdict = 'exposed-exan' | 'exposed-pursuit' | 'not-unique' | 'undetermined';

/** What the shared gradient would give away of one sample, and why. */
export interface SampleExposure {
  readonly verdict: Verdict;
  /** ExANs per ReLU layer */
  readonly exans: readonly number[];
  /** round in which an ExAN attack that takes recovered samples away reaches it, 0 for never; the verdict ignores it */
  readonly peeledInRound: number;
  readonly reason: string;
}

/** The analyst's answer before any attack; plain values, so that it can be written as JSON. */
export interface Exposure {
  readonly samples: readonly SampleExposure[];
  /** how many samples have each verdict */
  readonly counts: Readonly<Record<Verdict, number>>;
  /** the paper's two-state boundary */
  readonly boundary: SecurityBoundary;
  /** per ReLU layer: ExANs per sample, measured (mean) and expected of independent activations at the measured rate */
  readonly layers: readonly { readonly mean: number; readonly expected: number; readonly firing: number }[];
  /** rank of A at the last ReLU layer */
  readonly supports: { readonly rank: number };
  readonly jacobian: {
    readonly unknowns: number;
    readonly rank: number;
    readonly nullity: number;
    /** false: nullity is a lower bound */
    readonly counted: boolean;
    readonly margin: number;
  };
}

/**
 * How exposed a batch is, before any attack (method 7): ExAN counts, support identifiability, local identifiability. Of a network with
 * convolutions, which gate stops an attack on its way down: the head, a convolution, or the last hop (method 11). Of a client that takes
 * several local steps, what its update keeps of exclusive rows and zeros over all of them, and what rounding hides (method 12).
 *
 * @param batch for networks with convolutions `{ size: M }` will do: then gates are judged by counting alone
 * @param training of the client: makes it the exposure of an update; as `localUpdate` takes it
 * @throws InputError when the batch does not fit the model, its activation (of the head) is not ReLU, or training is not understood
 * @example
 * exposure(model, digits.draw({ size: 24, seed: 1 })).counts;
 * // => { 'exposed-exan': 4, 'exposed-pursuit': 20, 'not-unique': 0, undetermined: 0 }
 * exposure(vgg13(), { size: 8 }).gates.filter(({ open }) => open).map(({ gate }) => gate);
 * // => ['head', 'block 5', 'block 5', 'block 4', 'block 4', 'block 3', 'block 3', 'last hop']
 * exposure(model, digits.draw({ size: 24, seed: 1 }), { rate: 0.1, epochs: 5 }).counts;
 * // => { 'exposed-exan': 4, 'exposed-pursuit': 20, undetermined: 0 }
 */
export function exposure(model: Mlp, batch: Batch): Exposure;
export function exposure(model: Mlp, batch: Batch, training: LocalUpdateOptions): UpdateExposure;
export function exposure(model: ConvNet, batch: Batch | { readonly size: number }): ConvExposure;
export function exposure(
  model: Mlp | ConvNet,
  batch: Batch | { readonly size: number },
  training?: LocalUpdateOptions,
): Exposure | ConvExposure | UpdateExposure {
  checkRelu('exposure', model);
  if ('stack' in model) {
    check(
      training === undefined,
      () => 'exposure: the network has convolutions, expected a fully connected one where training is given',
    );
    return convExposure(model, batch, denseExposure);
  }
  check(
    'inputs' in batch,
    () => 'exposure: batch has no inputs, expected samples; only networks with convolutions are judged by size',
  );
  return training === undefined ? denseExposure(model, batch) : updateExposure(model, batch, training);
}

function denseExposure(model: Mlp, batch: Batch): Exposure {
  const state = exclusivityState(model, batch);
  const supports = identifiability(model, batch);
  const local = localIdentifiability(model, batch);
  const rounds = peelingRounds(state);
  const M = batch.inputs.rows;
  const samples = state.counts.map((exans, m): SampleExposure => {
    const { verdict, reason } = judge(m, exans, supports, local, rounds[m]);
    return { verdict, exans, peeledInRound: rounds[m], reason };
  });
  const counts = { 'exposed-exan': 0, 'exposed-pursuit': 0, 'not-unique': 0, undetermined: 0 };
  for (const { verdict } of samples) counts[verdict]++;
  const layers = state.patterns.map(({ neurons, fires }, i) => {
    const firing = fires.reduce((sum, f) => sum + f, 0) / fires.length;
    const mean = state.counts.reduce((sum, c) => sum + c[i], 0) / M;
    return { mean, expected: expectedExans(neurons, M, firing), firing };
  });
  const { unknowns, rank, nullity, counted, margin } = local;
  return {
    samples,
    counts,
    boundary: securityBoundary(state),
    layers,
    supports: { rank: supports.rank },
    jacobian: { unknowns, rank, nullity, counted, margin },
  };
}

/** The first verdict that holds of sample m, not-unique before exposed, with its reason. */
function judge(
  m: number,
  exans: readonly number[],
  { samples, rank, ranks }: Identifiability,
  local: LocalIdentifiability,
  round: number,
): Pick<SampleExposure, 'verdict' | 'reason'> {
  const paper = exans.every((n, i) => n >= (i === exans.length - 1 ? 2 : 1));
  if (local.moves[m])
    return {
      verdict: 'not-unique',
      reason:
        local.closedForm > 0 && !local.counted
          ? `its loss gradient cancels against other samples' in layer 0, so inputs move freely in ${local.closedForm} directions that keep every pre-activation`
          : `one of ${local.nullity} null directions of the gradient's Jacobian moves it (rank ${local.rank} of ${local.unknowns})`,
    };
  if (paper || exans[0] >= 2)
    return {
      verdict: 'exposed-exan',
      reason: paper
        ? `it alone activates ${exans.join(', ')} neurons (layers bottom up); 2 in the last and 1 in every other give it away`
        : `it alone activates ${exans[0]} neurons of layer 0; two such gradient rows are its input, up to their scale`,
    };
  if (samples[m] && local.identifiable)
    return {
      verdict: 'exposed-pursuit',
      reason: `without enough exclusive neurons (${exans.join(', ')}), but the ${ranks[m]} independent gradient rows it leaves silent fix its column (rank ${rank})${round ? `; it becomes exclusive in round ${round}, once others are taken away` : ''}`,
    };
  const M = samples.length;
  const open =
    rank < M
      ? `the gradient of the last ReLU layer has rank ${rank} for ${M} samples: supports cannot separate them, and no null direction moves it`
      : `the rows it leaves silent have rank ${ranks[m]}, ${M - 1} are needed, and no null direction moves it`;
  return {
    verdict: 'undetermined',
    reason: samples[m]
      ? !local.counted
        ? 'its support is identifiable, but the null directions of the layers below were too many to count'
        : 'its support is identifiable, but null directions elsewhere in the batch leave the layers below open'
      : open,
  };
}
