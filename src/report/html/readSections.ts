import { innerRange, type PictureShape, pictureUrl, type Range, rangeOf, shrinkFor } from '../pictures';
import type { EstimateLine, RecordsRead, Report, SampleLine } from '../report';
import { snappedLine, speaksFor, stepsOf } from '../reportText';
import { type Cell, capital, type Markup, markup, tableOf } from './markup';

/** Inputs beside the report's lines, which hold none. */
export interface Shown {
  /** of each of the report's samples; null where only its label is known */
  readonly samples: readonly (Float64Array | null)[];
  /** of each of its estimates */
  readonly estimates: readonly Float64Array[];
  /** null where samples are no pictures, or nobody said of which shape */
  readonly shape: PictureShape | null;
  /** whether the report has them as records. @default false */
  readonly tabular?: boolean;
}

/** Values of a sample that a table has room for. */
const listed = 8;

/** All that was read, as pictures where it is pictures, and as tables. */
export function whatWasRead(report: Report, shown: Shown): Markup {
  const { samples, unread, estimates } = report;
  const spoken = estimates.flatMap((e, k) => (e.confirmed ? [k] : []));
  if (samples.length + spoken.length === 0)
    return markup`<section><h2>What was read</h2><p>No input of a training sample. ${capital(report.reason)}.</p></section>`;
  const view = viewOf(report, shown);
  return markup`<section><h2>What was read</h2>
<p>${intro(report)}</p>
${view && pictureList([...samplePictures(report, shown, view), ...spoken.map((k) => estimatePicture(report, shown, view, k))])}
${view && markup`<p>${scaleNote(view)}</p>`}
${report.records ? recordTable(report.records) : null}
${samples.length > 0 ? sampleTable(samples, shown) : null}
${unread.map(({ count, reason }) => markup`<p>${count} more, of which nothing is known: ${reason}.</p>`)}
${spoken.length > 0 ? estimateTable(report, shown, spoken) : null}
</section>`;
}

function intro({ counts, weightDecay }: Report): string {
  const decay = weightDecay
    ? ` Weight decay of ${weightDecay.decay.toPrecision(3)} showed in the rows of ${weightDecay.rows} silent neurons and was taken off first.`
    : '';
  const estimates =
    counts.estimates > 0
      ? ' Estimates are never proofs: they come from attacks that do not replay the update; what speaks for each stands in the table.'
      : '';
  return `Samples are numbered from 0, in the order in which they were found; nothing in an update tells their order in the batch.${decay}${estimates}`;
}

/** Rows of the update over their biases that nothing judges, to be looked at. */
export function unjudged(report: Report, shown: Shown): Markup | null {
  const open = report.estimates.flatMap((e, k) => (e.confirmed ? [] : [k]));
  if (open.length === 0) return null;
  const { shape } = shown;
  const shrink = shape ? shrinkFor(shape, shown.samples.length + shown.estimates.length) : 1;
  const pictures =
    shape &&
    open.map((k) => {
      const input = shown.estimates[k] ?? new Float64Array();
      const { silent = 0, zeros = 0 } = report.estimates[k] ?? {};
      const mostly = (silent ?? 0) > 0 && zeros === silent;
      const url = pictureUrl(input, shape, innerRange(input), shrink);
      return picture(
        url,
        `Quotient of a single row, number ${k}; nothing says whether it is a sample`,
        `Row quotient ${k}`,
        mostly ? 'mostly one sample' : 'not judged',
      );
    });
  return markup`<section><h2>Single rows, to be looked at</h2>
<p>Every row of the lowest layer over its bias is a mean of the inputs that fire its neuron, and an input itself where only one does.
These ${open.length} differ from each other and stand nearest to further ones. Nothing in the update says which of them, if any, is a training sample, and they are not counted in the verdict; a person
may see it at once.</p>
${pictures ? pictureList(pictures) : markup`<p>The samples are no pictures, or their shape was not given (<code>--shape 28x28</code>); the values are in report.json's companion, estimates.safetensors.</p>`}
</section>`;
}

/** How pictures are shown on this page. */
interface View {
  readonly shape: PictureShape;
  readonly range: Range;
  readonly shrink: number;
}

function viewOf({ samples: lines, estimates }: Report, { samples, estimates: inputs, shape }: Shown): View | null {
  if (!shape) return null;
  const known = samples.flatMap((s, m) => (s === null || lines[m]?.vague ? [] : [s]));
  const read = [...known, ...inputs.filter((_, k) => estimates[k]?.confirmed)];
  if (read.length === 0) return null;
  return { shape, range: rangeOf(read), shrink: shrinkFor(shape, samples.length + inputs.length) };
}

function scaleNote({ shape: { height, width }, range: { low, high }, shrink }: View): string {
  const smaller = shrink > 1 ? ` Pictures of ${height} x ${width} are shown ${shrink} times smaller.` : '';
  return `Values from ${low.toPrecision(3)} (black) to ${high.toPrecision(3)} (white).${smaller}`;
}

function samplePictures(report: Report, shown: Shown, view: View): (Markup | null)[] {
  return report.samples.map((s, m) => {
    const input = shown.samples[m];
    if (!input) return null;
    const label = s.label === null ? 'label not known' : `label ${s.label}`;
    const alt = `Training image read back from the update: sample ${m}, ${label}, ${inWords(s)}`;
    return picture(
      pictureUrl(input, view.shape, s.vague ? innerRange(input) : view.range, view.shrink),
      alt,
      `Sample ${m}`,
      `${label}; ${inWords(s)}`,
    );
  });
}

function estimatePicture({ estimates }: Report, shown: Shown, view: View, k: number): Markup | null {
  const [input, e] = [shown.estimates[k], estimates[k]];
  if (!input || !e) return null;
  const label = e.label === null ? 'label not known' : `label ${e.label}`;
  const alt = `Training image read back from the update by ${e.attack}: estimate ${k}, ${label}, without a proof`;
  return picture(
    pictureUrl(input, view.shape, view.range, view.shrink),
    alt,
    `Estimate ${k}`,
    `${label}; by ${e.attack}`,
  );
}

function picture(url: string, alt: string, title: string, below: string): Markup {
  return markup`<li><figure><img src="${url}" alt="${alt}"><figcaption>${title}<span>${below}</span></figcaption></figure></li>\n`;
}

function pictureList(pictures: readonly (Markup | null)[]): Markup {
  return markup`<ul class="pictures">${pictures}</ul>`;
}

/** How well a sample is known, in a few words. */
function inWords({ status, error, copies, vague }: SampleLine): string {
  if (vague) return 'a guess, too open to count as read';
  if (status === 'exact') return 'exact, proven';
  if (status === 'merged') return `mean of ${copies ?? 'several'} samples that are not told apart`;
  if (status === 'estimate') return 'estimate, without a proof';
  if (status === 'not-recovered') return 'label only';
  return error !== undefined && error < 1e3 ? `within about ${error.toExponential(0)} per value` : 'approximate';
}

function sampleTable(samples: readonly SampleLine[], shown: Shown): Markup {
  const withValues = !shown.shape && !shown.tabular && shown.samples.some((x) => x !== null);
  const remarks = samples.some((s) => s.reason);
  const rows = samples.map((s, m): Cell[] => [
    `Sample ${m}`,
    { number: s.label === null ? '–' : s.label },
    inWords(s),
    s.how === 'exan' ? 'exclusive neurons' : s.how === 'pursuit' ? 'pattern pursuit' : '–',
    { number: s.exans.join(', ') },
    ...(withValues ? [{ number: valuesOf(shown.samples[m] ?? null) }] : []),
    ...(remarks ? [s.reason ?? ''] : []),
  ]);
  const heads = ['Sample', 'Label', 'How well it is known', 'Read by', 'Exclusive neurons by layer'];
  return tableOf(
    'Samples, one a row',
    [...heads, ...(withValues ? ['First values'] : []), ...(remarks ? ['Remark'] : [])],
    rows,
    { wide: withValues || remarks },
  );
}

/** Records in original units; on their steps where they are near them. */
function recordTable({ columns, rows, certificate }: RecordsRead): Markup {
  const name = (r: (typeof rows)[number]): string => `${r.of === 'sample' ? 'Sample' : 'Estimate'} ${r.number}`;
  const value = (v: number | string): string | number => (typeof v === 'number' ? Number(v.toPrecision(7)) : v);
  const many = columns.length > 10;
  const all = (r: (typeof rows)[number]): Markup =>
    markup`<ul class="needs">${columns.map((column, k) => markup`<li>${column}: <b>${value(r.values[k] ?? '')}</b></li> `)}</ul>`;
  const cells = rows.map((r): Cell[] => [
    name(r),
    r.class ?? '–',
    ...(many ? [all(r)] : r.values.map((v): Cell => (typeof v === 'number' ? { number: value(v) } : v))),
    stepsOf(r),
  ]);
  const heads = ['Record', 'Class', ...(many ? ['Values'] : columns), 'On its steps'];
  return markup`<p>Nothing in an attack knows the steps and categories of the table. That every value lands on one is a second proof beside the replay.</p>
${tableOf('Records in original units, one a row', heads, cells, { wide: true })}
${certificate && markup`<p>${capital(snappedLine(certificate))}.</p>`}`;
}

function estimateTable({ estimates }: Report, shown: Shown, spoken: readonly number[]): Markup {
  const rows = spoken.map((k): Cell[] => {
    const e = estimates[k] as EstimateLine;
    const values = shown.shape || shown.tabular ? [] : [{ number: valuesOf(shown.estimates[k] ?? null) }];
    return [`Estimate ${k}`, { number: e.label === null ? '–' : e.label }, e.attack, ...values, speaksFor(e)];
  });
  const heads = [
    'Estimate',
    'Label',
    'Read by',
    ...(shown.shape || shown.tabular ? [] : ['First values']),
    'What speaks for it',
  ];
  return tableOf('Estimates, one a row: read, but not proven', heads, rows, { wide: !shown.shape && !shown.tabular });
}

function valuesOf(input: Float64Array | null): string {
  if (!input) return '–';
  const some = Array.from(input.subarray(0, listed), (v) => Number(v.toPrecision(6)).toString());
  return some.join(', ') + (input.length > listed ? ', …' : '');
}
