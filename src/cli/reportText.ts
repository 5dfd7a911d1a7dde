import type { Report } from './report';
import { align } from './table';

/** A report as a person reads it: verdict first, then one line per sample, then the certificate. */
export function reportText(report: Report, columns: Record<string, readonly string[]> = {}): string {
  const rows = report.samples.map((s, m) => [
    String(m),
    s.label === null ? '-' : String(s.label),
    ...Object.values(columns).map((values) => values[m] ?? '-'),
    s.exans.join(' '),
    s.status + (s.reason ? `: ${s.reason}` : ''),
  ]);
  return [
    `${report.status}: ${report.reason}`,
    `batch size ${report.batchSize ?? 'unknown'}, ${report.reduction}, noise ${report.noise.toExponential(1)}, ${(report.seconds * 1e3).toFixed(0)} ms (${report.backend})`,
    '',
    ...align([['sample', 'label', ...Object.keys(columns), 'ExANs', 'status'], ...rows]),
    '',
    ...(report.stack ? [stackLines(report.stack), ''] : []),
    certificateLine(report.certificate),
    report.note,
    '',
  ].join('\n');
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

function certificateLine({ verdict, residual, worstRow, layers }: Report['certificate']): string {
  if (layers.length === 0) return 'certificate fails: there is nothing to replay';
  const worst = `worst row at ${worstRow.toPrecision(2)} standard deviations of the arithmetic (6 allowed)`;
  return `certificate ${verdict}: residual ${residual.toExponential(1)}, ${worst}`;
}
