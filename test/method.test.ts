import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const sources = ['src', 'test', 'kernel-ext', 'notebooks'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs|py|ipynb|md)$/.test(file) && !/(^|[\\/])(dist|node_modules)[\\/]/.test(file))
    .map((file) => join(folder, file)),
);
const text = new Map(sources.map((file) => [file, readFileSync(file, 'utf8')]));

test('a comment that cites the method cites a section that exists', () => {
  const sections = new Set(
    [...readFileSync('docs/method.md', 'utf8').matchAll(/^##+ (\d+(?:\.\d+)?) /gm)].map(([, number]) => number),
  );
  // "method 4", "method 3.2", "method 4-6", "method 6, 7", "method 3.4 and 5"
  const cited = [...text].flatMap(([file, code]) =>
    [...code.matchAll(/\bmethod (\d[\d.]*(?:(?:-|, | and )\d[\d.]*)*)/g)].flatMap(([, numbers = '']) =>
      [...numbers.matchAll(/\d+(\.\d+)?/g)].map(([number]) => ({ file, number })),
    ),
  );
  assert.deepEqual(
    cited.filter(({ number }) => !sections.has(number)),
    [],
  );
  assert.ok(new Set(cited.map(({ file }) => file)).size > 30);
});
test('no comment cites a document that users do not have', () => {
  const hidden = new RegExp(`\\b${'SP'}EC\\b`);
  assert.deepEqual(
    sources.filter((file) => hidden.test(text.get(file) as string)),
    [],
  );
});
