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
    certificateLine(report.certificate),
    report.note,
    '',
  ].join('\n');
}

function certificateLine({ verdict, residual, worstRow, layers }: Report['certificate']): string {
  if (layers.length === 0) return 'certificate fails: there is nothing to replay';
  const worst = `worst row at ${worstRow.toPrecision(2)} standard deviations of the arithmetic (6 allowed)`;
  return `certificate ${verdict}: residual ${residual.toExponential(1)}, ${worst}`;
}
