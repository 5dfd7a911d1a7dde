import type { Converter, Diagnostic, SideOutput } from 'tslab/dist/converter';
import { interruptibleAwaits } from './interruptibleAwait';
import { spellOutShorthand } from './shorthand';
import { type Position, type Trace, takeMap } from './sourceMap';
import { hasTopLevelAwait } from './topLevelAwait';

/** A cell ready to run. */
export interface CompiledCell {
  readonly code: string;
  readonly isAsync: boolean;
  /** Export that holds the value of the last expression. */
  readonly lastExpression: string | undefined;
  /** Declarations that the next cell sees. */
  readonly declarations: string;
  /** From a place in `code` to a place in the cell. */
  readonly trace: Trace;
  /** Local files that the cell imports, compiled. */
  readonly files: readonly SideOutput[];
}

/** What the type checker has against a cell; lines and columns count from 0. */
export interface Problem {
  readonly file: string | undefined;
  readonly place: Position;
  readonly length: number;
  readonly message: string;
  readonly code: number;
}

const lineStarts = (text: string): number[] => [0, ...[...text.matchAll(/\n/g)].map((m) => m.index + 1)];
const offsetOf = (text: string, { line, column }: Position): number => (lineStarts(text)[line] ?? text.length) + column;
function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, column: before[before.length - 1]!.length };
}

// tslab stores exports through a proxy because TypeScript emits getters, and pays for it at every variable. Values do.
const exportGetter =
  /^Object\.defineProperty\(exports, "([^"]+)", \{ enumerable: true, get: function \(\) \{ return ([\w$.]+); \} \}\);$/gm;
const moduleMark = /^Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);$/m;

/** Type-checks a cell against the declarations of the cells before it, and translates it. */
export function compileCell(converter: Converter, before: string, code: string): CompiledCell | Problem[] {
  const spelled = spellOutShorthand(code);
  const source = spelled.apply(code);
  const inCell = (offset: number): Position => positionOf(code, spelled.original(offset));
  const result = converter.convert(before, source);
  if (result.diagnostics.length > 0)
    return result.diagnostics.map((d: Diagnostic) => ({
      file: d.fileName,
      place: d.fileName ? { line: d.start.line, column: d.start.character } : inCell(d.start.offset),
      length: Math.max(1, d.end.offset - d.start.offset),
      message: d.messageText,
      code: d.code,
    }));

  const { text, trace } = takeMap(result.output ?? '');
  const plain = text.replace(exportGetter, 'exports.$1 = $2;').replace(moduleMark, '');
  const awaits = interruptibleAwaits(plain);
  const final = awaits.apply(plain);
  return {
    code: final,
    isAsync: hasTopLevelAwait(source),
    lastExpression: result.lastExpressionVar,
    declarations: result.declOutput ?? '',
    files: result.sideOutputs ?? [],
    trace(place) {
      const compiled = positionOf(plain, awaits.original(offsetOf(final, place)));
      const found = trace(compiled);
      // tslab puts one line, `export {};`, before the cell.
      if (!found || found.line < 1) return undefined;
      return inCell(offsetOf(source, { line: found.line - 1, column: found.column }));
    },
  };
}
