import { isRelu } from '../../model/checkActivation';
import type { Mlp } from '../../types';
import type { Pursued } from '../columns/pursue';
import { batchSizeFrom } from '../evidence/batchSize';
import type { Evidence } from '../evidence/evidence';
import { relativeRemainder } from '../evidence/remainder';
import { featuresAt, type Sample } from '../evidence/sample';
import type { Peeled } from '../rays/peel';
import { hasInput, type LostSample, type RecoveredSample } from '../result';
import { type Answer, within } from './answer';
import { exansSeen } from './exansOf';
import { settleLength } from './settleLength';

/**
 * The answer when samples are missing: those found by exclusive neurons with their error bars, those that pattern pursuit located with
 * their labels, and how many are missing, as far as weights or rank show it.
 *
 * @param rule how lengths are settled that the gradient leaves open
 */
export function partialAnswer(
  evidence: Evidence,
  peeled: Peeled,
  pursued: Pursued | null,
  rule: 'solve' | 'paper',
): Answer {
  const { model, gradient } = evidence;
  const { samples, left, systems } = peeled;
  const rest = relativeRemainder(left, 0);
  const explained =
    samples.length > 0 && rest <= Math.max(1e-9, 300 * evidence.unit) && samples.every((s) => s.level === 0);
  const assumed = gradient.reduction === 'sum' ? 1 : 1 / Math.max(samples.length, 1);
  const weights = samples.map((s) => (s.weight === null ? assumed : s.weight / evidence.scale));
  const { size, copies: multiples, reduction, factor } = batchSizeFrom(weights, explained, gradient.reduction);
  // multiples of a weight that is no whole M's count nothing: a client that clips each sample gives them any
  const copies = size === null && reduction === 'mean' && !explained ? multiples.map(() => 1) : multiples;
  const open = samples.some((s) => s.weight === null) && !explained;
  const counts = exansSeen(model, samples, left);
  const found = samples.flatMap((sample, m) =>
    new Array<RecoveredSample>(copies[m]).fill(
      describe(model, sample, { weight: weights[m], copies: copies[m], exans: counts[m] }, rule),
    ),
  );
  const located = withoutEach(pursued?.labels ?? [], samples);
  const ranked = pursued && (pursued.labels.length > 0 || size === null) ? pursued.rank : null;
  const batchSize = open ? null : (size ?? (located.length > 0 ? ranked : null));
  const lost = Math.max(0, (batchSize ?? 0) - found.length);
  const all = [
    ...found,
    ...Array.from({ length: lost }, (_, k) => missing(model.dense.length - 1, located, k, pursued)),
  ];
  const inputs = all.filter(hasInput);
  const sure = inputs.some((s) => s.status !== 'estimate') || located.length > 0;
  const relu = isRelu(model);
  const reason = [
    relu
      ? `exclusive neurons give ${inputs.length} of ${batchSize ?? 'an unknown number of'} samples; ${percent(rest)} of the gradient is left`
      : 'exclusive neurons are looked for under ReLU only',
    ...(pursued ? [`pattern pursuit: ${pursued.reason}`] : []),
  ].join('; ');
  return {
    status: sure ? 'partial' : 'not-unique',
    method: !pursued ? 'exan' : relu ? 'exan+pursuit' : 'pursuit',
    batchSize,
    samples: all,
    reason,
    noise: evidence.misfit,
    residual: rest,
    systems,
    reduction,
    scale: factor === null ? null : factor * evidence.scale,
    ...(pursued?.unproven && {
      unproven: { inputs: pursued.unproven.features, labels: pursued.unproven.labels },
    }),
  };
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(fraction < 0.01 ? 2 : 0)} %`;
}

/** One sample that exclusive neurons gave, as far as they gave it. */
function describe(
  model: Mlp,
  sample: Sample,
  { weight, copies, exans }: { weight: number; copies: number; exans: readonly number[] },
  rule: 'solve' | 'paper',
): RecoveredSample {
  const { label, level, error } = sample;
  const common = { how: 'exan' as const, label, exans };
  if (level > 0) return { ...common, status: 'not-recovered', reason: stuck(level) };
  const open = settleLength(model, sample, weight, rule);
  const input = open ? open.input : featuresAt(sample, 0);
  if (open && !input) return { ...common, status: 'not-recovered', reason: open.reason };
  if (!input) throw new Error('partialAnswer: an input was expected');
  if (open) return { ...common, status: 'estimate', input, reason: open.reason };
  if (model.widths[model.widths.length - 1] === 2)
    return { ...common, status: 'estimate', input, reason: setsLookAlike };
  if (copies > 1)
    return {
      ...common,
      status: 'merged',
      input,
      error,
      copies,
      reason: `${copies} samples that the gradient does not tell apart: their mean`,
    };
  return { ...common, status: 'approximate', input, error, reason: within(error) };
}

const setsLookAlike =
  'with two classes the average of several samples can look like one; only a whole batch is certain, and part of this one is missing';

function stuck(level: number): string {
  return `known from layer ${level} up only: layer ${level - 1} has no neuron that it alone activates, and its deltas there depend on those of others`;
}

/** The k-th sample of which nothing but its existence, or its label, is known. */
function missing(layers: number, located: readonly (number | null)[], k: number, pursued: Pursued | null): LostSample {
  const exans = new Array<number>(layers).fill(0);
  if (k < located.length) {
    const label = located[k];
    const reason = 'located, but its input needs all other samples to be located too';
    return { status: 'not-recovered', how: 'pursuit', exans, reason, ...(label === null ? {} : { label }) };
  }
  const alone = `no neuron of ReLU layer ${layers - 1} that it alone activates could be told apart (the attack needs 2 there, and 1 in each layer below)`;
  return { status: 'not-recovered', exans, reason: pursued ? pursued.reason : alone };
}

/** The labels without one of each known sample, or without a null where K = 2 leaves a label open. */
function withoutEach(labels: readonly (number | null)[], samples: readonly Sample[]): (number | null)[] {
  const left = [...labels];
  for (const { label } of samples) {
    const at = left.indexOf(label);
    const gone = at < 0 ? left.indexOf(null) : at;
    if (gone >= 0) left.splice(gone, 1);
  }
  return left;
}
