import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { cellsOf, faultsOf, notebooksNamed } from './support/notebooks';

/** Functions that the code defines: all but callbacks, which stand where they are used, as arguments of a call. */
function definitions(code: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const defines = ts.isFunctionLike(node) && !ts.isTypeNode(node) && !ts.isTypeElement(node);
    const called = (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && ts.isCallExpression(node.parent);
    if ((defines && !called) || ts.isClassLike(node)) found.push(node.parent.getText().split('\n')[0] as string);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('cell.ts', `${code}\nexport {};`, ts.ScriptTarget.ES2022, true));
  return found;
}

test('a definition is a function, method, class or arrow with a name; a callback is none', () => {
  const some = [
    'function f() {}',
    'const f = () => 1;',
    'const o = { f: () => 1 };',
    'const o = { f() {} };',
    'class A {}',
  ];
  for (const code of [...some, 'let f; f = async function () {};', 'const f = (x: number) => (y: number) => x + y;'])
    assert.notDeepEqual(definitions(code), [], code);
  for (const code of ['[1].map((x) => x + 1);', 'await f(async () => 1);', 'type F = (x: number) => number;'])
    assert.deepEqual(definitions(code), [], code);
});

const names = notebooksNamed();
assert.ok(names.length >= 7);
for (const name of names)
  test(`${name} defines no functions, has its seeds in the first code cell and an exercise at its end`, () => {
    const cells = cellsOf(join('notebooks', `${name}.ipynb`));
    const code = cells.filter(({ cell_type }) => cell_type === 'code');
    assert.ok(code.length > 3);
    assert.deepEqual(
      code.flatMap(({ source }) => definitions(source.join(''))),
      [],
    );
    assert.match(code[0]?.source.join('') ?? '', /^const seeds = \{/m);
    assert.match(
      cells[0]?.source.join('') ?? '',
      /^# .*\n\n\*\*Goal\.\*\*[\s\S]*\*\*Needs\*\*.*\*\*Minutes\*\* on two cores: /,
      'head',
    );
    assert.match(cells.at(-1)?.source.join('') ?? '', /exercise/i);
  });

/** The notebook as it is committed: one that somebody ran and saved here is theirs. */
function committed(name: string): { text: string; skip: string | false } {
  const args = ['show', `HEAD:./notebooks/${name}.ipynb`];
  const { status, stdout = '' } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return { text: stdout, skip: status === 0 ? false : 'no git, or not committed yet' };
}

for (const name of names) {
  const { text, skip } = committed(name);
  test(`${name} is stored with outputs that any viewer shows, without paths or times, in less than 1 MB`, {
    skip,
  }, () => {
    assert.deepEqual(faultsOf(name, text), []);
  });
}
