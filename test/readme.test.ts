import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import ts from 'typescript';
import * as exan from '../src';

test("the README's cells run, and give the error that they promise", async () => {
  const cells = [...readFileSync('README.md', 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, cell]) => cell);
  assert.equal(cells.length, 2);
  const code = cells.join('\n').replace('score(recovered', 'return score(recovered');
  const body = code.replace(/import (\{.*?\}) from 'exan';/, 'const $1 = exan;');
  const { outputText } = ts.transpileModule(`(async (exan) => {${body}})`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const run = runInThisContext(outputText) as (library: typeof exan) => Promise<number>;
  assert.ok((await run(exan)) <= 1e-20);
});
