import { shown } from '../check';
import type { Certificate } from '../verification/certificate/certify';
import { align } from './align';
import type { RecordRead } from './records';
import type { EstimateLine, Report } from './report';
import { setupLine } from './setup';

/** How words stand out; plain text leaves them as they are. */
export interface Ink {
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly good: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly bold: (text: string) => string;
}

const asIs = (text: string): string => text;
/** No colours. */
export const plainInk: Ink = { bad: asIs, warn: asIs, good: asIs, faint: asIs, bold: asIs };

/** A report as a person reads it: verdict first, then one line per sample, then what each attack read, then the certificate. */
export function reportText(
  report: Report,
  columns: Record<string, readonly string[]> = {},
  ink: Ink = plainInk,
): string {
  const loud = report.exposed ? ink.bad : report.level === 'hints' ? ink.warn : ink.bold;
  const rows = report.samples.map((s, m) => [
    String(m),
    s.label === null ? '-' : String(s.label),
    ...Object.values(columns).map((values) => values[m] ?? '-'),
    s.exans.join(' '),
    s.status + (s.vague ? ', too open to count as read' : '') + (s.reason ? `: ${s.reason}` : ''),
  ]);
  const table =
    rows.length === 0 ? [] : ['', ...align([['sample', 'label', ...Object.keys(columns), 'ExANs', 'status'], ...rows])];
  return [
    loud(report.verdict),
    ink.warn(report.note),
    '',
    `${report.status}: ${report.reason}`,
    figures(report),
    ...(report.prior === undefined ? [] : [`taken for granted: ${report.prior}`]),
    ...decayLine(report),
    ...table,
    ...report.unread.map(({ count, reason }) => `${count} more, of which nothing is known: ${reason}`),
    ...estimateLines(report.estimates),
    ...recordLines(report),
    '',
    ...(report.stack ? [stackLines(report.stack), ''] : []),
    ...attackTable(report, ink),
    setupLine(report.setup),
    '',
    certificateLine(report),
    ...report.advice,
    '',
  ].join('\n');
}

function figures({ batchSize, counts, reduction, noise, seconds, backend }: Report): string {
  const size = batchSize ?? counts.samples;
  return `batch size ${size ?? 'unknown'}, ${reduction}, noise ${noise.toExponential(1)}, ${(seconds * 1e3).toFixed(0)} ms (${backend})`;
}

function decayLine({ weightDecay }: Report): string[] {
  if (!weightDecay) return [];
  const { decay, rows, biases } = weightDecay;
  return [
    `weight decay of ${decay.toPrecision(3)} (${biases ? 'biases too' : 'not of biases'}) showed in the rows of ${rows} silent neurons and was taken off`,
  ];
}

/** Estimates that something speaks for, one a line; of the others only how many there are. */
function estimateLines(estimates: readonly EstimateLine[]): string[] {
  const spoken = estimates.filter((e) => e.confirmed);
  const rows = spoken.map((e, k) => [String(k), e.label === null ? '-' : String(e.label), e.attack, speaksFor(e)]);
  const open = estimates.length - spoken.length;
  return [
    ...(rows.length > 0
      ? ['', 'estimates, never proofs:', ...align([['', 'label', 'attack', 'what speaks for it'], ...rows])]
      : []),
    ...(open > 0
      ? ['', `${open} quotients of single rows are in the report, of which nothing says whether they are samples`]
      : []),
  ];
}

/** Columns of a table that a terminal has room for. */
const most = 10;

/** Records in original units. */
function recordLines({ records }: Report): string[] {
  if (!records) return [];
  const heads = records.columns.slice(0, most);
  const more = records.columns.length - heads.length;
  const cells = records.rows.map((r) => [
    `${r.of} ${r.number}`,
    shown(r.class ?? '-'),
    ...r.values.slice(0, most).map(cell),
    stepsOf(r),
  ]);
  return [
    '',
    ...align([['record', 'class', ...heads.map(shown), 'on steps'], ...cells]),
    ...(more > 0 ? [`${more} more columns are in the report (--out, --json)`] : []),
    ...(records.certificate ? [snappedLine(records.certificate)] : []),
  ];
}

const cell = (value: number | string): string =>
  typeof value === 'string' ? shown(value) : String(Number(value.toPrecision(7)));

/** How near a record is to the steps of its columns. */
export function stepsOf({ stepped, worst, snaps, chance }: RecordRead): string {
  if (stepped === 0) return '-';
  const far = `within ${worst.toExponential(0)} of a step in ${stepped} ${stepped === 1 ? 'column' : 'columns'}`;
  return snaps ? `${far}; chance 1e${Math.round(chance)}` : `off its steps by up to ${worst.toPrecision(2)}`;
}

/** What the replay of records on their steps says. */
export function snappedLine({ verdict, residual }: Certificate): string {
  return verdict === 'holds'
    ? `with every value put on its step the replay still gives the update: residual ${residual.toExponential(1)}`
    : `with every value put on its step the replay misses the update: residual ${residual.toExponential(1)}`;
}

/** What speaks for an estimate, in words. */
export function speaksFor({ rows, digits, silent, zeros }: EstimateLine): string {
  const reasons = [
    ...(rows > 1 ? [`${rows} rows agree on it to ${digits} digits`] : []),
    ...(silent !== null && zeros === silent && silent > 0
      ? [`all ${silent} neurons that it leaves silent are accounted for`]
      : []),
  ];
  return reasons.join('; ') || 'nothing: a single row';
}

function attackTable({ attacks }: Report, ink: Ink): string[] {
  const rows = attacks.map(({ attack, kind, read, outcome }) => [
    attack,
    kind,
    read === null ? '-' : String(read),
    outcome,
  ]);
  const [head = '', ...lines] = align([['attack', 'gives', 'read', 'outcome'], ...rows]);
  return [ink.bold(head), ...lines.map((line, k) => (attacks[k]?.ran ? line : ink.faint(line)))];
}

/** The way down below the head: one line per convolution, then the last hop. */
function stackLines({ steps, stopped, lastHop }: NonNullable<Report['stack']>): string {
  const rows = steps.map(({ layer, kind, condition, residual, rounds }) => [
    String(layer),
    kind,
    condition.toPrecision(2),
    residual.toExponential(1),
    rounds === 0 ? '-' : String(rounds),
  ]);
  const hop = lastHop
    ? `last hop: ${lastHop.solved} of ${lastHop.samples} inputs from their features, ${lastHop.equations} equations for ${lastHop.unknowns} unknowns each`
    : '';
  return [
    ...align([['layer', 'way down', 'condition', 'residual', 'rounds'], ...rows]),
    ...(stopped ? [`there it ended: ${stopped}`] : []),
    ...(hop ? [hop] : []),
  ].join('\n');
}

/** The certificate in a sentence. */
export function certificateLine({ certificate, fittedFactor, counts }: Report): string {
  const { verdict, residual, worstRow, layers } = certificate;
  if (layers.length === 0) {
    const replayable = counts.exact + counts.approximate + counts.estimates > 0;
    return replayable
      ? 'certificate fails: nothing that was read could be replayed, so nothing is proven'
      : 'certificate fails: there is nothing to replay';
  }
  const worst = Number.isFinite(worstRow)
    ? `worst row at ${worstRow.toPrecision(2)} standard deviations of the arithmetic (6 allowed)`
    : 'some row should be zero and is not';
  const factor =
    fittedFactor === null ? '' : ` for the gradient times ${fittedFactor.toPrecision(6)}, a factor that was fitted`;
  return `certificate ${verdict}${factor}: residual ${residual.toExponential(1)}, ${worst}`;
}
