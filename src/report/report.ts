import { confirmed, type Reading, type Readings } from '../baselines/judged/readings';
import type { FoundDecay } from '../baselines/judged/weightDecay';
import { isRelu } from '../model/checkActivation';
import { weightedLayers } from '../model/layers';
import {
  hasInput,
  notSafe,
  type Reconstruction,
  type RecoveredSample,
  type StackFinding,
  type TrainingFinding,
} from '../reconstruction/result';
import type { AveragedGradient, ConvNet, Mlp } from '../types';
import type { Certificate } from '../verification/certificate/certify';
import { type AttackLine, attackLines } from './attackLines';
import type { Columns } from './columns';
import { type Certified, certified } from './finding';
import { type DefenceTable, measuredDefences } from './measuredDefences';
import type { Provenance } from './provenance';
import { type RecordRead, recordOf, snappedInput } from './records';
import { type Fact, factsOf } from './setup';
import { type Counts, countSamples, isVague, type Level, levelOf, type Noun, verdictOf } from './verdict';

/** What `exan audit` and `exan demo` print as JSON; docs/audit.schema.json says the same of it. */
export interface Report {
  /** of this form of report */
  readonly schema: 'exan.audit/1';
  /** in one sentence */
  readonly verdict: string;
  /** stands beside every verdict */
  readonly note: string;
  readonly level: Level;
  /** true where any sample can be read, proven or not */
  readonly exposed: boolean;
  readonly counts: Counts;
  readonly status: Reconstruction['status'];
  readonly method: Reconstruction['method'];
  readonly reason: string;
  readonly batchSize: number | null;
  /** samples of which something is known, inputs or labels */
  readonly samples: readonly SampleLine[];
  /** samples of which nothing is known but their number, by reason */
  readonly unread: readonly { readonly count: number; readonly reason: string }[];
  /** inputs without a proof, and what speaks for each */
  readonly estimates: readonly EstimateLine[];
  readonly certificate: Certificate;
  /** one factor of the whole gradient that was fitted for the certificate, since nobody told it */
  readonly fittedFactor: number | null;
  /** weight decay that silent neurons showed, and that was taken off beforehand */
  readonly weightDecay: { readonly decay: number; readonly biases: boolean; readonly rows: number } | null;
  /** what to say in a next call */
  readonly advice: readonly string[];
  readonly setup: readonly Fact[];
  readonly attacks: readonly AttackLine[];
  readonly defences: DefenceTable;
  readonly reduction: string;
  readonly scale: number | null;
  readonly noise: number;
  readonly seconds: number;
  readonly backend: string;
  /** the way down below the head, for networks with convolutions */
  readonly stack?: StackFinding;
  /** the client's steps, for updates */
  readonly training?: TrainingFinding;
  /** what was read as records of a table, where its columns were told */
  readonly records?: RecordsRead;
  /** what the search took for granted, as told */
  readonly prior?: string;
  /** of audits of files */
  readonly provenance?: Provenance;
}

/** Records in original units. */
export interface RecordsRead {
  readonly columns: readonly string[];
  /** `of` is the sample or the estimate of this number; `class` its label's name */
  readonly rows: readonly (RecordRead & {
    readonly of: 'sample' | 'estimate';
    readonly number: number;
    readonly class: string | null;
  })[];
  /** the replay of the samples with every value on its step; null where none was proven, or one is on no step */
  readonly certificate: Certificate | null;
}

/** One sample of the batch. */
export interface SampleLine {
  readonly label: number | null;
  readonly status: RecoveredSample['status'];
  /** true where its input is too open to count as read */
  readonly vague: boolean;
  readonly exans: readonly number[];
  readonly how?: string;
  readonly error?: number;
  /** of an estimate: what is open of a value, root mean square, roughly */
  readonly spread?: number;
  readonly copies?: number;
  readonly reason?: string;
}

/** One input that a weaker attack hands over. */
export interface EstimateLine {
  readonly attack: string;
  readonly label: number | null;
  /** true where the update itself speaks for it */
  readonly confirmed: boolean;
  readonly rows: number;
  readonly digits: number;
  /** silent neurons, and those of them that it accounts for; null where that cannot be tested */
  readonly silent: number | null;
  readonly zeros: number | null;
}

/** What a report is made of. */
export interface Evidence {
  readonly model: Mlp | ConvNet;
  /** 'one' step, or 'several' as far as is known */
  readonly steps: 'one' | 'several';
  readonly precision: AveragedGradient['precision'];
  readonly certified: Certified;
  readonly readings?: Readings | null;
  readonly decay?: FoundDecay | null;
  /** @default 'samples' */
  readonly noun?: Noun;
  readonly provenance?: Provenance;
  /** what the values of a sample stand for */
  readonly columns?: Columns | null;
  /** replays other samples in place of those found */
  readonly prove?: (found: Reconstruction) => Certificate;
}

/** The report on a gradient, without weaker attacks. */
export function reportOf(model: Mlp | ConvNet, gradient: AveragedGradient, found: Reconstruction): Report {
  const { precision } = gradient;
  return fullReport({ model, steps: 'one', precision, certified: certified(model, gradient, found) });
}

/** The samples that a report lists, in its order: those with an input, and those with a label that no estimate covers. */
export function listedSamples(evidence: Evidence): readonly RecoveredSample[] {
  return counted(evidence).lines;
}

/** The report on all that was found. */
export function fullReport(evidence: Evidence): Report {
  const { model, certified, readings = null, decay = null, noun = 'samples' } = evidence;
  const { certificate, fitted } = certified;
  const { samples: _, ...answer } = settled(certified);
  const { lines, unread, counts } = counted(evidence);
  const estimates = (readings?.readings ?? []).map(estimateOf);
  const level = levelOf(counts);
  const kind = 'stack' in model ? 'convolutions' : evidence.steps === 'several' ? 'update' : 'gradient';
  return {
    schema: 'exan.audit/1',
    verdict: verdictOf(counts, noun),
    note: notSafe,
    level,
    exposed: level === 'proven' || level === 'read',
    counts,
    ...answer,
    samples: lines.map(lineOf),
    unread,
    advice: adviceOf(evidence, fitted),
    estimates,
    certificate,
    fittedFactor: fitted,
    weightDecay: decay && { decay: decay.decay, biases: decay.biases, rows: decay.rows },
    setup: factsOf(evidence, counts),
    attacks: attackLines({
      found: certified.found,
      readings,
      relu: !('stack' in model) && isRelu(model),
      dense: !('stack' in model),
      counts,
    }),
    defences: measuredDefences[kind],
    ...(evidence.columns && { records: recordsOf(evidence, evidence.columns, lines) }),
    ...(evidence.provenance && { provenance: evidence.provenance }),
  };
}

/** Samples and estimates that something speaks for, as records; and the replay of what the table would have given. */
function recordsOf(
  { certified: { found, certificate }, readings, prove }: Evidence,
  columns: Columns,
  lines: readonly RecoveredSample[],
): RecordsRead {
  const named = (label: number | null | undefined): string | null =>
    label === null || label === undefined ? null : (columns.labels?.[label] ?? String(label));
  const samples = lines.flatMap((s, number) =>
    hasInput(s) ? [{ ...recordOf(s.input, columns), of: 'sample' as const, number, class: named(s.label) }] : [],
  );
  const estimates = (readings?.readings ?? []).flatMap((r, number) =>
    confirmed(r) ? [{ ...recordOf(r.input, columns), of: 'estimate' as const, number, class: named(r.label) }] : [],
  );
  const provable = certificate.verdict === 'holds' && samples.length > 0 && samples.every((s) => s.snaps);
  const onSteps = {
    ...found,
    samples: found.samples.map((s) => (hasInput(s) ? { ...s, input: snappedInput(s.input, columns) } : s)),
  } as Reconstruction;
  return {
    columns: columns.columns.map(({ name }) => name),
    rows: [...samples, ...estimates],
    certificate: provable && prove ? prove(onSteps) : null,
  };
}

/** What is listed, what is only counted, and the counts of both. */
function counted({ model, certified, readings = null }: Evidence): {
  readonly lines: readonly RecoveredSample[];
  readonly unread: Report['unread'];
  readonly counts: Counts;
} {
  const { samples, batchSize } = settled(certified);
  const { guessed, labels, ...known } = countSamples(samples);
  const judged = readings?.readings ?? [];
  const spoken = judged.filter(confirmed).length;
  const size = batchSize ?? readings?.samples ?? null;
  const read = known.exact + known.approximate + guessed + spoken;
  // once an estimate shows each of them, what is only located or counted has nothing to add
  const covered = spoken > 0 && size !== null && read >= size;
  const counts = {
    ...known,
    samples: size,
    estimates: guessed + spoken,
    lengthsOpen: guessed > 0 && weightedLayers(model).every((layer) => !layer.bias),
    // whose input an estimate shows is not one of those with no more than a label
    labels: size === null ? labels : Math.max(0, Math.min(labels, size - read)),
    unjudged: judged.length - spoken,
  };
  const lines = samples.filter((s) => hasInput(s) || (s.label !== undefined && !covered));
  return { lines, unread: covered ? [] : grouped(samples), counts };
}

function estimateOf(reading: Reading): EstimateLine {
  const { attack, label } = reading;
  const { rows, digits, pattern } = reading.evidence;
  const silent = pattern ? { silent: pattern.silent, zeros: pattern.zeros } : { silent: null, zeros: null };
  return { attack, label, confirmed: confirmed(reading), rows, digits, ...silent };
}

/** What of the answer is handed on; without a certificate that holds nothing is exact. */
function settled({
  found,
  certificate,
}: Certified): Pick<
  Report,
  | 'status'
  | 'method'
  | 'reason'
  | 'batchSize'
  | 'reduction'
  | 'scale'
  | 'noise'
  | 'seconds'
  | 'backend'
  | 'stack'
  | 'training'
  | 'prior'
> & { readonly samples: readonly RecoveredSample[] } {
  const contradicted = found.status === 'exact' && certificate.verdict !== 'holds';
  const { status, method, reason, batchSize, reduction, scale, noise, seconds, backend, stack, training, prior } =
    found;
  const why = `the certificate fails: residual ${certificate.residual.toExponential(1)}`;
  return {
    status: contradicted ? 'approximate' : status,
    method,
    reason: contradicted ? why : reason,
    ...{ batchSize, reduction, scale, noise, seconds, backend },
    ...(prior && { prior }),
    ...(stack && { stack }),
    ...(training && { training }),
    samples: contradicted ? found.samples.map((s) => ({ ...s, status: 'approximate', reason: why })) : found.samples,
  };
}

/** What the caller could tell so that more is proven or read. */
function adviceOf({ model, certified, readings }: Evidence, fitted: number | null): string[] {
  const { found } = certified;
  const leaky = readings?.samples !== null && readings?.everyNeuronFires && found.samples.length === 0;
  return [
    ...(fitted === null
      ? []
      : [`for a proof, tell the factor of the gradient: --scale ${Number(fitted.toPrecision(6))}`]),
    ...(leaky && !('stack' in model)
      ? ['no neuron is silent for anyone, as under leaky activations: if there are such, name them with --architecture']
      : []),
  ];
}

function lineOf(sample: RecoveredSample): SampleLine {
  const { label = null, status, exans, how } = sample;
  return {
    label,
    status,
    exans,
    ...(how ? { how } : {}),
    vague: isVague(sample),
    ...('spread' in sample ? { spread: sample.spread } : {}),
    ...('error' in sample ? { error: sample.error } : {}),
    ...('copies' in sample ? { copies: sample.copies } : {}),
    ...('reason' in sample ? { reason: sample.reason } : {}),
  };
}

/** Samples that are only counted, by what is said of them. */
function grouped(samples: readonly RecoveredSample[]): Report['unread'] {
  const counts = new Map<string, number>();
  for (const s of samples)
    if (s.status === 'not-recovered' && s.label === undefined) counts.set(s.reason, (counts.get(s.reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ count, reason }));
}
