import { runInThisContext } from 'node:vm';
import { guardName } from '../compiler/interruptibleAwait';
import type { Scope } from './scope';

/** What compiled code may use beside globals. */
export interface CellContext {
  readonly scope: Scope;
  readonly require: (id: string) => unknown;
  readonly folder: string;
  readonly guard: (value: unknown) => unknown;
}

/** Runs compiled code as a function, which V8 optimises better than a script; a promise when it awaits. */
export function runCell(code: string, isAsync: boolean, file: string, context: CellContext): unknown {
  const head = `(${isAsync ? 'async ' : ''}function (exports, require, __dirname, __filename, ${guardName}) {`;
  const run = runInThisContext(`${head}\n${code}\n})`, { filename: file, importModuleDynamically: undefined });
  return run(context.scope, context.require, context.folder, `${context.folder}/${file}`, context.guard);
}
