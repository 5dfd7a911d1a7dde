import type * as TS from '@tslab/typescript-for-tslab';
import { ts } from './typescript';

/**
 * True when the code awaits outside of any function: `await x`, `await (x)` or `for await`.
 * tslab infers this from an error message, and misses the last two.
 */
export function hasTopLevelAwait(code: string): boolean {
  if (!code.includes('await')) return false;
  const awaits = (node: TS.Node): boolean => {
    if (ts.isFunctionLike(node) || ts.isModuleBlock(node)) return false;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
    return ts.forEachChild(node, (child) => awaits(child) || undefined) ?? false;
  };
  return awaits(ts.createSourceFile('cell.ts', `export {};\n${code}`, ts.ScriptTarget.ES2022));
}
