import type * as TS from '@tslab/typescript-for-tslab';
import { Edits } from './edits';
import { ts } from './typescript';

/** Name under which a cell finds the function that makes an await end on interrupt. */
export const guardName = '$untilInterrupt';

/** Turns `await x` into `await $untilInterrupt(x)` in compiled code, so that an interrupt is thrown inside the cell. */
export function interruptibleAwaits(code: string): Edits {
  const edits = new Edits();
  if (!code.includes('await')) return edits;
  const visit = (node: TS.Node): void => {
    if (ts.isAwaitExpression(node)) {
      edits.insert(node.expression.getFullStart(), ` ${guardName}(`);
      edits.insert(node.expression.end, ')');
    }
    ts.forEachChild(node, visit);
  };
  // The wrapper makes top-level awaits parse as such whatever the module kind.
  const prefix = 'async()=>{';
  const shifted = ts.createSourceFile('cell.js', `${prefix}${code}\n}`, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  visit(shifted);
  return edits.shifted(-prefix.length);
}
