import { dot, isNear, row } from '../../math/matrix';
import { isRelu } from '../../model/checkActivation';
import type { AveragedGradient, Batch, DenseMatrix, Mlp } from '../../types';
import { budgetOf } from '../budget';
import { dictionary } from '../dictionary';
import type { RivalOptions } from '../estimate';
import { ltPeeling } from '../ltPeeling';
import { rowRatios } from '../rowRatios';
import { agreeingRows } from './agreeingRows';
import { type PatternFit, type PatternTest, patternTest } from './patternTest';

/** Attacks that read inputs without a proof, the one that asks for most first. */
export type EstimateName = 'pursued columns' | 'LT peeling' | 'dictionary learning' | 'row ratios';

/** An input that one of them hands over. */
export interface Reading {
  readonly attack: EstimateName;
  /** d0 entries */
  readonly input: Float64Array;
  readonly label: number | null;
  /** what speaks for it beside the attack's own word; without either, nothing does */
  readonly evidence: Evidence;
}

/** What the gradient itself says for an input, whatever the loss was. */
export interface Evidence {
  /** rows of layer 0 that show it, each over its bias */
  readonly rows: number;
  /** significant digits to which these rows agree; 0 for a single one */
  readonly digits: number;
  /** the test by silent neurons; null where it cannot be made */
  readonly pattern: PatternFit | null;
}

/** What one of these attacks came to. */
export interface EstimateOutcome {
  readonly attack: EstimateName;
  /** false where the set-up does not let it start */
  readonly ran: boolean;
  readonly reason: string;
}

/** All readings of all attacks, and what each came to. */
export interface Readings {
  readonly outcomes: readonly EstimateOutcome[];
  /** those that something speaks for, then single rows that nothing does, nearest to another first */
  readonly readings: readonly Reading[];
  /** M as the rank of layer 0 shows it, whatever the loss; null where it does not */
  readonly samples: number | null;
  /** whether every neuron of layer 0 has a gradient: hardly so under ReLU where samples are few */
  readonly everyNeuronFires: boolean;
}

/** Options of {@link readingsOf}. */
export interface ReadingOptions extends RivalOptions {
  /** inputs that pattern pursuit came to without a proof. @default none */
  readonly unproven?: Batch | undefined;
}

/**
 * True where the gradient itself speaks for the input: several rows agree on it, or a whole batch was read and its silent neurons are
 * accounted for. For a single row the latter says no more than that one sample is most of it.
 */
export function confirmed({ attack, input, evidence }: Reading): boolean {
  if (evidence.rows > 1 && !onlySigns(input)) return true;
  return attack !== 'row ratios' && evidence.pattern?.fits === true;
}

/** Nothing but -1, 0 and 1: what an optimiser like Adam, or one that sends signs, leaves of a sample, however many rows agree. */
function onlySigns(input: Float64Array): boolean {
  return input.every((v) => Math.abs(v) < 1e-6 || Math.abs(Math.abs(v) - 1) < 0.02);
}

/** Relative distance up to which quotients of two rows are one input: far below what two samples of one label differ by. */
const same = 1e-5;
/** The same up to which two inputs are one sample. */
const alike = 1e-3;
/** Attacks whose candidates nothing but the silent neurons can judge. */
const judged = [
  ['LT peeling', ltPeeling],
  ['dictionary learning', dictionary],
] as const;
const noRank =
  'layer 0 shows no rank below its neurons: a batch as large as the layer, noise, or an optimiser like Adam';
const onGrid = 'entries are signs, pruned or on a coarse grid: their zeros and equal values are not those of samples';
const allRead = 'not needed: the attacks above read every sample';
const noZeros = 'not all hidden layers are ReLU, so no neuron is silent and rows have no zeros';
/** Silent neurons beyond the number of samples. */
const margin = 32;
/** Rows that are compared, and single ones that are handed over. */
const [compared, handed] = [1024, 16];
/** Values of quotients that are held at a time: 160 MB. */
const room = 2e7;

/**
 * What weaker attacks than `reconstruct` read: estimates, of which none is a proof. They ask nothing of the loss, so that label smoothing,
 * another loss, clipping of single samples and dropout leave them what they had.
 *
 * @param gradient of one step, or the sum of several; its scale does not matter
 * @param known inputs that were read already, and are left out
 */
export async function readingsOf(
  model: Mlp,
  gradient: AveragedGradient,
  known: readonly Float64Array[],
  { unproven, ...options }: ReadingOptions,
): Promise<Readings> {
  if (!model.dense[0]?.bias)
    return none('layer 0 has no biases, by which rows could be divided, or which would fix lengths');
  const relu = isRelu(model);
  const coarse = isCoarse(gradient.gradients[0]?.weight.data ?? new Float64Array());
  const test = relu && !coarse ? await patternTest(model, gradient, budgetOf('readingsOf', options)) : null;
  const found: Reading[] = [];
  const fits = known.map((input) => ({ input, pattern: test?.fit(input) ?? null }));
  const had = (input: Float64Array, pattern: PatternFit | null): boolean =>
    [...fits, ...found.map((r) => ({ input: r.input, pattern: r.evidence.pattern }))].some(
      (other) => isNear(other.input, input, alike) || sameDirection(other.pattern, pattern),
    );
  const take = (attack: EstimateName, { input, label, rows = 1, digits = 0 }: Candidate): Taken => {
    const pattern = test?.fit(input) ?? null;
    if (had(input, pattern)) return 'known';
    const reading = { attack, input, label, evidence: { rows, digits, pattern } };
    if (!confirmed(reading)) return reading;
    found.push(reading);
    return 'read';
  };
  const outcomes: EstimateOutcome[] = [];
  if (unproven && test) {
    const read = trusted(test, unproven.inputs, unproven.labels).filter((c) => take('pursued columns', c) === 'read');
    const reason = `${read.length} further inputs; all columns were found, though no replay gives the gradient`;
    outcomes.push({ attack: 'pursued columns', ran: true, reason });
  }
  for (const [attack, run] of judged) {
    const all = test !== null && known.length + found.length >= test.samples;
    if (!test || all) {
      outcomes.push({ attack, ran: false, reason: all ? allRead : coarse ? onGrid : relu ? noRank : noZeros });
      continue;
    }
    const { inputs, labels, reason } = await run(model, gradient, options);
    const read = trusted(test, inputs, labels).filter((c) => take(attack, c) === 'read').length;
    outcomes.push({ attack, ran: true, reason: `${read} further inputs; ${plain(reason)}` });
  }
  const { left, outcome } = byRows(model, gradient, coarse, take);
  const samples = test?.samples ?? null;
  const everyNeuronFires = gradient.gradients[0]?.bias?.every((b) => b !== 0) ?? false;
  const whole = known.length + found.length === samples; // then every other row is a mixture of these
  return {
    outcomes: [...outcomes, outcome],
    readings: whole ? found : [...found, ...unlike(left)],
    samples,
    everyNeuronFires,
  };
}

/** What became of a candidate: it was read, it was there before, or it is a reading that nothing confirms. */
type Taken = 'read' | 'known' | Reading;

interface Candidate {
  readonly input: Float64Array;
  readonly label: number | null;
  readonly rows?: number;
  readonly digits?: number;
}

/** Row ratios, rows that agree first; what nothing speaks for is left. */
function byRows(
  model: Mlp,
  gradient: AveragedGradient,
  coarse: boolean,
  take: (attack: EstimateName, candidate: Candidate) => Taken,
): { readonly left: readonly Reading[]; readonly outcome: EstimateOutcome } {
  const [width = 1] = model.widths;
  const { inputs } = rowRatios(model, gradient, {
    candidates: Math.max(64, Math.min(compared, Math.floor(room / width))),
  });
  const attack = 'row ratios' as const;
  const left: Reading[] = [];
  let [read, signs] = [0, 0];
  for (const { members, distance } of agreeingRows(inputs, same)) {
    const [first = 0] = members;
    const input = row(inputs, first).slice();
    const digits = members.length > 1 && !coarse ? Math.floor(-Math.log10(Math.max(distance, 1e-16))) : 0;
    const taken = take(attack, { input, label: null, rows: coarse ? 1 : members.length, digits });
    if (taken === 'read') read++;
    if (typeof taken === 'string') continue;
    if (members.length > 1 && onlySigns(input)) signs++;
    left.push({ ...taken, evidence: { ...taken.evidence, rows: 1, digits: 0 } });
  }
  const reason = `${inputs.rows} rows of layer 0 divided by their biases: ${read} further inputs on which several agree; ${left.length} more of which nothing says whether they are samples${signs > 0 ? `; ${signs} groups of rows agree on signs alone, as an optimiser like Adam leaves them` : ''}`;
  return { left, outcome: { attack, ran: true, reason } };
}

/**
 * The whole batch where it settles; else those inputs that go with their silent neurons to the last one, and with many more of them than
 * chance gives.
 */
function trusted(test: PatternTest, inputs: DenseMatrix, labels: Int32Array): Candidate[] {
  const whole = test.settle(inputs);
  if (whole) return candidates(whole.inputs, whole.labels);
  return candidates(inputs, labels).filter(({ input }) => {
    const { fits, idle, silent } = test.fit(input);
    return fits && idle === 0 && silent >= test.samples + margin;
  });
}

function candidates(inputs: DenseMatrix, labels: Int32Array): Candidate[] {
  return Array.from(labels, (label, m) => ({ input: row(inputs, m).slice(), label: label < 0 ? null : label }));
}

/** Nothing between zero and a twentieth of the usual size: rounded to a grid, pruned, or signs alone. */
function isCoarse(values: Float64Array): boolean {
  const step = Math.ceil(values.length / 1e5);
  const sizes = values
    .filter((v, k) => v !== 0 && k % step === 0)
    .map(Math.abs)
    .sort();
  return sizes.length >= 100 && (sizes[0] ?? 0) > 0.05 * (sizes[sizes.length >> 1] ?? 0);
}

/** The first of these readings that differ visibly from those before them, and before all others those that are mostly one sample. */
function unlike(left: readonly Reading[]): Reading[] {
  const some: Reading[] = [];
  const fits = (r: Reading): number => Number(r.evidence.pattern?.fits ?? false);
  for (const reading of [...left].sort((a, b) => fits(b) - fits(a))) {
    if (some.length === handed) break;
    if (!some.some((other) => isNear(other.input, reading.input, 0.15))) some.push(reading);
  }
  return some;
}

/** Both fit, and by the same column of deltas: the same sample, however badly one of them shows it. */
function sameDirection(a: PatternFit | null, b: PatternFit | null): boolean {
  return a?.fits === true && b?.fits === true && Math.abs(dot(a.direction, b.direction)) > 1 - 1e-6;
}

/** Without a batch size that an attack infers from a scale it takes to be one. */
function plain(reason: string): string {
  return reason.replace(/ of \d+ samples peeled/, ' samples peeled');
}

function none(reason: string): Readings {
  const names = ['LT peeling', 'dictionary learning', 'row ratios'] as const;
  return {
    outcomes: names.map((attack) => ({ attack, ran: false, reason })),
    readings: [],
    samples: null,
    everyNeuronFires: false,
  };
}
