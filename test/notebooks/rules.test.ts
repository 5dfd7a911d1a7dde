import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
  readonly outputs?: readonly unknown[];
}

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

const names = readdirSync('notebooks').filter((name) => name.endsWith('.ipynb'));
assert.ok(names.length >= 4);
for (const name of names)
  test(`${name} defines no functions and is stored without outputs`, () => {
    const { cells } = JSON.parse(readFileSync(join('notebooks', name), 'utf8')) as { cells: readonly Cell[] };
    const code = cells.filter(({ cell_type }) => cell_type === 'code');
    assert.ok(code.length > 3);
    assert.deepEqual(
      code.flatMap(({ source }) => definitions(source.join(''))),
      [],
    );
    assert.deepEqual(
      code.flatMap(({ outputs = [] }) => outputs),
      [],
    );
  });
