import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

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
 * @throws SyntaxError when a line other than the last is damaged: such a file is not ours to repair
 */
export function trialLog<Row>(path?: string): TrialLog<Row> {
  const rows: Row[] = [];
  if (path !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) {
      const text = readFileSync(path, 'utf8');
      const whole = text.lastIndexOf('\n') + 1;
      for (const line of text.slice(0, whole).split('\n')) if (line !== '') rows.push(JSON.parse(line) as Row);
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
