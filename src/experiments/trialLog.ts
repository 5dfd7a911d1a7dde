import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../check';

/** Trials kept as JSON lines: one line per finished trial, so that a killed run continues where it stopped. */
export interface TrialLog<Row> {
  /** rows that were there already and those recorded since */
  readonly rows: readonly Row[];
  /** appends a row; with a path, on disk first */
  record(row: Row): void;
}

/**
 * Opens a log, or starts one. A last line that was cut off by a kill is dropped; its trial runs again.
 *
 * @param path file of JSON lines, or undefined to keep the rows in memory only
 * @throws InputError when a line other than the last is damaged: such a file is not ours to repair
 */
export function trialLog<Row>(path?: string): TrialLog<Row> {
  const rows: Row[] = [];
  if (path !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) {
      const text = readFileSync(path, 'utf8');
      const whole = text.lastIndexOf('\n') + 1;
      text
        .slice(0, whole)
        .split('\n')
        .forEach((line, n) => {
          if (line !== '') rows.push(parsed<Row>(line, `line ${n + 1} of ${path}`));
        });
      if (whole < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, whole)));
    }
  }
  return {
    rows,
    record: (row) => {
      if (path !== undefined) appendFileSync(path, `${JSON.stringify(row)}\n`);
      rows.push(row);
    },
  };
}

function parsed<Row>(line: string, where: string): Row {
  try {
    const row: unknown = JSON.parse(line);
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Row;
  } catch {
    // said below
  }
  throw new InputError(
    `trialLog: ${where} is no trial, expected one JSON object a line; repair it, or move the file away to start afresh`,
  );
}
