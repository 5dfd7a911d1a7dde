import type * as TS from '@tslab/typescript-for-tslab';
import { Edits } from './edits';
import { ts } from './typescript';

/**
 * Writes `{ rng }` as `{ rng: rng }`: tslab turns names of earlier cells into `exports.rng`, but not in the short form,
 * which then fails with "rng is not defined" at run time.
 */
export function spellOutShorthand(code: string): Edits {
  const edits = new Edits();
  if (!code.includes('{')) return edits;
  const visit = (node: TS.Node): void => {
    if (ts.isShorthandPropertyAssignment(node)) edits.insert(node.name.end, `: ${node.name.text}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022));
  return edits;
}
