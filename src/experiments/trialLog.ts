import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../check';
import { makeFolder } from '../data/files';
import { runLock } from './runLock';

/** Trials kept as JSON lines: one line per finished trial, so that a killed run continues where it stopped. */
export interface TrialLog<Row> {
  /** rows that were there already and those recorded since */
  readonly rows: readonly Row[];
  /** appends a row; with a path, on disk first */
  record(row: Row): void;
  /** lets another run have the file */
  close(): void;
}

/**
 * Opens a log, or starts one, for this run alone until it is closed. A last line that was cut off by a kill is dropped; its trial
 * runs again.
 *
 * @param path file of JSON lines, or undefined to keep the rows in memory only
 * @throws InputError when another run has it open, it cannot be written to, or a line other than the last is damaged: such a
 *   file is not ours to repair
 */
export function trialLog<Row>(path?: string): TrialLog<Row> {
  if (path === undefined) {
    const rows: Row[] = [];
    return { rows, record: (row) => void rows.push(row), close: () => undefined };
  }
  makeFolder('trialLog', dirname(path));
  const close = runLock('trialLog', `${path}.lock`);
  try {
    const rows = existsSync(path) ? kept<Row>(path) : [];
    const record = (row: Row): void => {
      append(path, `${JSON.stringify(row)}\n`);
      rows.push(row);
    };
    return { rows, record, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The rows of a log; what was cut off is taken from the file. */
function kept<Row>(path: string): Row[] {
  const { rows, bytes } = readTrials<Row>(path);
  if (bytes < statSync(path).size) truncateSync(path, bytes);
  return rows;
}

/**
 * The rows of a log that another run may be writing, and how many bytes they take: what follows them is a line cut off.
 *
 * @throws InputError when a line other than the last is damaged
 */
export function readTrials<Row>(path: string): { readonly rows: Row[]; readonly bytes: number } {
  const file = readFileSync(path);
  const bytes = file.lastIndexOf('\n') + 1;
  const lines = file.toString('utf8', 0, bytes).split('\n');
  return {
    bytes,
    rows: lines.flatMap((line, n) => (line === '' ? [] : [parsed<Row>(line, `line ${n + 1} of ${path}`)])),
  };
}

/** A line as a whole or not at all. */
function append(path: string, line: string): void {
  const before = existsSync(path) ? statSync(path).size : 0;
  try {
    appendFileSync(path, line);
  } catch (error) {
    if (existsSync(path)) truncateSync(path, before);
    throw new InputError(
      `trialLog: ${path} cannot be written (${(error as Error).message}); free some space and run again, the trials before are kept`,
    );
  }
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
