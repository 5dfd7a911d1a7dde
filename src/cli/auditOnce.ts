import type { PictureShape } from '../report/pictures';
import { auditedFile, quoted } from '../report/provenance';
import { fullReport, type Report } from '../report/report';
import { reportText } from '../report/reportText';
import type { Watch } from '../types';
import { type AuditValues, auditFiles } from './auditFiles';
import { pictureShape, writeAudit } from './auditOutput';
import { inkFor } from './ink';
import { version } from './version';

/** Options of one audit, watched or not (a type, since commander asks for one). */
export type OnceValues = AuditValues & {
  readonly seconds: number;
  readonly workers: number;
  readonly shape?: PictureShape | undefined;
  readonly out?: string | undefined;
};

/** A report, and the files that hold it. */
export interface Audited {
  readonly report: Report;
  readonly paths: readonly string[];
}

/** Audits the files that the options name, and writes the report where they say so. */
export async function auditOnce(values: OnceValues, watch: Watch): Promise<Audited> {
  const { shape: told, out, seconds, workers } = values;
  let shape: PictureShape | null = null;
  const evidence = await auditFiles(values, { ...watch, seconds, workers }, (model) => {
    shape = pictureShape(model, told);
  });
  const files = (['model', 'architecture', 'gradient', 'after', 'update'] as const).flatMap((option) => {
    const path = values[option];
    return path === undefined ? [] : [auditedFile(`--${option}`, path)];
  });
  const provenance = {
    command: quoted(['exan', ...process.argv.slice(2)]),
    version: version(),
    created: new Date().toISOString(),
    files,
  };
  const report = fullReport({ ...evidence, noun: shape ? 'images' : 'samples', provenance });
  return { report, paths: out === undefined ? [] : writeAudit(out, report, evidence, shape) };
}

/** What the terminal shows of it. */
export function textOf({ report, paths }: Audited): string {
  const written = paths.length > 0 ? `\nwritten: ${paths.join(', ')}\n` : '';
  return reportText(report, {}, inkFor(process.stdout, process.env)) + written;
}
