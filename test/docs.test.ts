import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import ts from 'typescript';
import * as exan from '../src';
import { publishSets } from './support/publishedSets';
import { blocks } from './support/readme';
import { temporaryFolder } from './support/temporary';

const at = temporaryFolder();
publishSets((name) => at(`data/${name}`));
const page = readFileSync('docs/data.md', 'utf8');

test('the commands of docs/data.md run, in order, and so does its cell', async () => {
  const main = resolve('build', 'src', 'cli', 'main.js');
  const lines = blocks('sh', page).flatMap((block) =>
    [...block.matchAll(/^npx exan ([^#\n]*)/gm)].map(([, l]) => l ?? ''),
  );
  assert.ok(lines.length >= 6);
  for (const line of lines) {
    const { status, stderr } = spawnSync(process.execPath, [main, ...line.trim().split(/\s+/)], {
      encoding: 'utf8',
      cwd: at('.'),
    });
    assert.equal(status, 0, `${line}: ${stderr}`);
  }
  const [cell = ''] = blocks('ts', page);
  const { outputText } = ts.transpileModule(
    `(async ({ data }: any) => {${cell.replace('data/', `${at('data')}/`)} return { set, batch }; })`,
    {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
    },
  );
  const { set, batch } = await (
    runInThisContext(outputText) as (library: typeof exan) => Promise<{ set: exan.Dataset; batch: exan.Batch }>
  )(exan);
  assert.deepEqual([set.columns?.[0], batch.inputs.rows], [{ name: 'age', mean: 44, scale: 17, step: 1 }, 2]);
});
test('the commands of docs/sweeps.md run, in order', () => {
  const main = resolve('build', 'src', 'cli', 'main.js');
  const lines = blocks('sh', readFileSync('docs/sweeps.md', 'utf8')).flatMap((block) => block.trim().split('\n'));
  assert.ok(lines.length >= 7);
  for (const line of lines) {
    const args = line.replace(/^npx exan /, '').split(/\s+/);
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: at('.') });
    assert.equal(status, 0, `${line}: ${stderr}`);
  }
});
test('docs/data.md shows an architecture that is read, and names readers that there are', () => {
  const [json = ''] = blocks('json', page);
  assert.equal(JSON.parse(json).layers.length, 5);
  for (const [, name = ''] of page.matchAll(/`data\.(\w+)`/g)) assert.ok(name in exan.data, name);
});
