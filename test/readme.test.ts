import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import { inflateSync } from 'node:zlib';
import ts from 'typescript';
import * as exan from '../src';
import { blocks, prose, readme } from './support/readme';
import { temporaryFolder } from './support/temporary';

const at = temporaryFolder();

test("the README's cells run, and give the error that they promise", async () => {
  const cells = blocks('ts');
  assert.equal(cells.length, 2);
  const code = cells.join('\n').replace('score(recovered', 'return score(recovered');
  const body = code.replace(/import (\{.*?\}) from 'exan';/, 'const $1 = exan;');
  const { outputText } = ts.transpileModule(`(async (exan) => {${body}})`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const run = runInThisContext(outputText) as (library: typeof exan) => Promise<number>;
  assert.ok((await run(exan)) <= 1e-20);
});

test("the README's commands are commands, and those that take seconds run", () => {
  const model = exan.mlp({ widths: [20, 40, 5], seed: 1 });
  const secret = exan.data.gaussian({ size: 3, dimension: 20, classes: 5, seed: 2 });
  exan.writeModel(at('model.safetensors'), model);
  exan.writeGradient(at('gradient.safetensors'), exan.captureGradient(model, secret));
  const main = resolve('build', 'src', 'cli', 'main.js');
  const call = (args: readonly string[]) =>
    spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: at('.') });
  const help = call(['--help']).stdout;
  const lines = blocks('sh').flatMap((block) => [...block.matchAll(/^npx exan ([^#\n]*)/gm)].map(([, line]) => line));
  assert.ok(lines.length >= 6);
  for (const line of lines) {
    const args = (line as string).trim().split(/\s+/);
    const [name = ''] = args;
    assert.match(help, new RegExp(`^  ${name}\\b`, 'm'));
    if (name === 'defend' || name === 'sweep') continue; // minutes
    const { status, stderr } = call(args);
    assert.equal(status, 0, `${line}: ${stderr}`);
  }
  assert.ok(existsSync(at(join('out', 'audit', 'reconstruction.safetensors'))));
});

test("the README's links and the documents' lead to files and sections that exist", () => {
  const anchors = (file: string): string[] =>
    [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      (title as string)
        .toLowerCase()
        .replace(/[^\p{L}\d _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  for (const file of [
    'README.md',
    ...['method', 'measurements', 'data', 'audit', 'sweeps'].map((n) => `docs/${n}.md`),
    'test/bench/README.md',
  ])
    for (const [, path = '', anchor] of readFileSync(file, 'utf8').matchAll(
      /\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g,
    )) {
      const target = path === '' ? file : join(dirname(file), path);
      assert.ok(existsSync(target), `${file} links ${path}`);
      if (anchor) assert.ok(anchors(target).includes(anchor), `${file} links ${path}#${anchor}`);
    }
});

test('the README is read aloud in three minutes: at most 450 words of prose on two screens', () => {
  const words = prose()
    .split(/\s+/)
    .filter((word) => /\w/.test(word)).length;
  assert.ok(words <= 450, `${words} words`);
  assert.ok(readme.split('\n').length <= 110);
});

test("the README's chapters are the folders of src", () => {
  const [story = ''] = /`math → [^`]*`/s.exec(readme) ?? [];
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(story.match(/\w+/g)?.sort(), folders.map(({ name }) => name).sort());
});

test("the README's picture is what its script draws from embedded digits", () => {
  const { status, stderr } = spawnSync(process.execPath, ['docs/picture.mjs', at('recovered.svg')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const committed = readFileSync('docs/recovered.svg', 'utf8');
  assert.deepEqual(apart(readFileSync(at('recovered.svg'), 'utf8')), apart(committed));
});

/** An SVG without its PNG, and the PNG's pixels: how they are deflated is up to zlib. */
function apart(svg: string): [text: string, pixels: Buffer] {
  const [, before, base64 = '', after] = /^(.*base64,)([^"]*)(.*)$/s.exec(svg) ?? [];
  const png = Buffer.from(base64, 'base64');
  const from = png.indexOf('IDAT');
  return [`${before}${after}`, inflateSync(png.subarray(from + 4, from + 4 + png.readUInt32BE(from - 4)))];
}
