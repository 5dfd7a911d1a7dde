import { shown } from '../check';
import { makeFolder } from '../data/files';
import { inputsOf } from '../model/layers';
import { type Columns, readColumns } from '../report/columns';
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
  /** file that says what the values of a sample stand for */
  readonly columns?: string | undefined;
  readonly out?: string | undefined;
};

/** A report, and the files that hold it. */
export interface Audited {
  readonly report: Report;
  readonly paths: readonly string[];
}

/**
 * Audits the files that the options name, and writes the report where they say so.
 *
 * @param command that makes the same report again
 */
export async function auditOnce(
  values: OnceValues,
  watch: Watch,
  command: string = quoted(['exan', ...process.argv.slice(2)]),
): Promise<Audited> {
  const { shape: told, columns: described, out, seconds, workers } = values;
  if (out !== undefined) makeFolder('exan audit', out);
  let [columns, shape]: [Columns | null, PictureShape | null] = [null, null];
  const evidence = await auditFiles(values, { ...watch, seconds, workers }, (model) => {
    shape = pictureShape(model, told);
    columns = described === undefined ? null : readColumns('exan audit', described, inputsOf(model));
  });
  const files = (['model', 'architecture', 'columns', 'gradient', 'after', 'update'] as const).flatMap((option) => {
    const path = values[option];
    return path === undefined ? [] : [auditedFile(`--${option}`, path)];
  });
  const provenance = { command, version: version(), created: new Date().toISOString(), files };
  const report = fullReport({
    ...evidence,
    noun: columns ? 'records' : shape ? 'images' : 'samples',
    columns,
    provenance,
  });
  return { report, paths: out === undefined ? [] : writeAudit(out, report, evidence, shape) };
}

/** What the terminal shows of it. */
export function textOf({ report, paths }: Audited): string {
  const written = paths.length > 0 ? `\nwritten: ${paths.join(', ')}\n` : '';
  return reportText(report, {}, inkFor(process.stdout, process.env)) + written;
}

/** The same as one line, of an update among others. */
export function lineOf(name: string, { report: { verdict, note, exposed, level } }: Audited): string {
  const ink = inkFor(process.stdout, process.env);
  const loud = exposed ? ink.bad : level === 'hints' ? ink.warn : ink.bold;
  return `${shown(name)}: ${loud(verdict)} ${ink.faint(`(${note})`)}\n`;
}
