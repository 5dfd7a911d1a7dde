import { inspect } from 'node:util';
import type { Problem } from '../compiler/cellCompiler';
import type { Position, Trace } from '../compiler/sourceMap';

interface Source {
  readonly label: string;
  readonly code: string;
  readonly trace: Trace;
}

/** What an error message carries. */
export interface ErrorContent extends Record<string, unknown> {
  ename: string;
  evalue: string;
  traceback: string[];
}

const sources = new Map<string, Source>();
const wrapperLines = 1;

/** Lets errors in a cell's compiled code be told in the cell's own lines. `file` is the name it is compiled under. */
export function registerSource(file: string, label: string, code: string, trace: Trace): void {
  sources.set(file, { label, code, trace });
}

/** The line of a text with its neighbours, and a mark under the place. */
export function excerpt(code: string, { line, column }: Position, length = 1): string[] {
  const lines = code.split('\n');
  const from = Math.max(0, line - 2);
  const to = Math.min(lines.length, line + 3);
  const width = String(to).length;
  return lines.slice(from, to).flatMap((text, i) => {
    const number = String(from + i + 1).padStart(width);
    if (from + i !== line) return [`  ${number} | ${text}`];
    const mark = '^'.repeat(Math.max(1, Math.min(length, text.length - column)));
    return [`> ${number} | ${text}`, `  ${' '.repeat(width)} | ${' '.repeat(column)}${mark}`];
  });
}

function placeOf(file: string, line: number, column: number): { source: Source; place: Position } | undefined {
  const source = sources.get(file);
  const place = source?.trace({ line: line - 1 - wrapperLines, column: column - 1 });
  return source && place ? { source, place } : undefined;
}

const firstPlace = new WeakMap<Error, { source: Source; place: Position }>();
const hidden = /[\\/]kernel-ext[\\/](dist[\\/])?kernel[\\/]|^node:|[\\/]build[\\/]kernel-ext[\\/]/;

/** From now on `error.stack` speaks of cells, and leaves out the kernel's own frames. */
export function installTracebacks(): void {
  Error.prepareStackTrace = (error: Error, frames) => {
    const lines: string[] = [];
    for (const frame of frames) {
      const file = frame.getFileName() ?? '';
      const found = placeOf(file, frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0);
      if (found) {
        if (!firstPlace.has(error)) firstPlace.set(error, found);
        const { source, place } = found;
        const name = frame.getFunctionName();
        const where = `${source.label}:${place.line + 1}:${place.column + 1}`;
        lines.push(`    at ${name ? `${name} (${where})` : where}`);
      } else if (!sources.has(file) && !hidden.test(file)) lines.push(`    at ${frame}`);
    }
    let head: string;
    try {
      head = String(error);
    } catch {
      head = 'Error';
    }
    return [head, ...lines].join('\n');
  };
}

/** An error that a cell threw, with the line that threw it. */
export function describeError(error: unknown): ErrorContent {
  if (!(error instanceof Error)) {
    const text = inspect(error);
    return { ename: 'Thrown', evalue: text, traceback: [`Uncaught ${text}`] };
  }
  const stack = String(error.stack ?? error).split('\n');
  const found = firstPlace.get(error);
  const causes = error.cause === undefined ? [] : ['', 'caused by:', ...describeError(error.cause).traceback];
  return {
    ename: String(error.name || 'Error'),
    evalue: String(error.message),
    traceback: [
      ...(found ? [`${found.source.label}:`, ...excerpt(found.source.code, found.place), ''] : []),
      ...stack,
      ...causes,
    ],
  };
}

/** What the type checker found, with the lines. */
export function describeProblems(problems: readonly Problem[], label: string, code: string): ErrorContent {
  const told = problems.map(({ file, place, length, message, code: number }) => [
    `${file ?? label}:${place.line + 1}:${place.column + 1} - ${message} (TS${number})`,
    ...(file ? [] : excerpt(code, place, length)),
  ]);
  const first = problems[0];
  return {
    ename: 'TypeScriptError',
    evalue: first ? `${first.message} (line ${first.place.line + 1})` : '',
    traceback: told.flat(),
  };
}
