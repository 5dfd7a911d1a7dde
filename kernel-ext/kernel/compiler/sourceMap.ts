import { SourceMap } from 'node:module';
import type * as TS from '@tslab/typescript-for-tslab';
import { ts } from './typescript';

/** A place in a text; both counts start at 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Leads from a place in compiled code to the place in the source it came from. */
export type Trace = (place: Position) => Position | undefined;

const inlineMap = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;
const mark = /\n?\/\/# exan-map=(\d+)\s*$/;
const traces = new Map<number, Trace>();
let last = 0;

function traceOf(map: string): Trace {
  const parsed = new SourceMap(JSON.parse(map));
  return ({ line, column }) => {
    const entry = parsed.findEntry(line, column) as { originalLine?: number; originalColumn?: number };
    if (entry.originalLine === undefined || entry.originalColumn === undefined) return undefined;
    return { line: entry.originalLine, column: entry.originalColumn };
  };
}

/**
 * tslab compiles a cell in two steps, TypeScript to ES modules to CommonJS, and keeps no map. This stands in for the
 * second step: it joins both maps and leaves a mark in the text, by which `takeMap` finds them.
 */
export function transpileKeepingMap(code: string, options: TS.TranspileOptions): TS.TranspileOutput {
  const first = inlineMap.exec(code);
  const text = first ? code.slice(0, first.index) : code;
  const result = ts.transpileModule(text, {
    ...options,
    compilerOptions: { ...options.compilerOptions, sourceMap: true },
  });
  const second = traceOf(result.sourceMapText ?? '{"version":3,"sources":[],"names":[],"mappings":""}');
  const source = first ? traceOf(Buffer.from(first[1]!, 'base64').toString('utf8')) : undefined;
  traces.set(++last, (place) => {
    const between = second(place);
    return between && source ? source(between) : between;
  });
  const output = result.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, '');
  return { ...result, outputText: `${output}\n//# exan-map=${last}` };
}

/** Compiled text without its mark, and the way back to its source. */
export function takeMap(text: string): { text: string; trace: Trace } {
  const found = mark.exec(text);
  const trace = found ? traces.get(Number(found[1])) : undefined;
  if (found) traces.delete(Number(found[1]));
  return { text: found ? text.slice(0, found.index) : text, trace: trace ?? (() => undefined) };
}
