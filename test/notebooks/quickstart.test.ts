import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

interface Output {
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
}
interface Cell {
  readonly source: readonly string[];
  readonly metadata: { readonly tags?: readonly string[] };
  readonly outputs?: readonly Output[];
}

const stored = join('notebooks', '00-quickstart.ipynb');
const out = join('out', 'test', 'quickstart');
const cellsOf = (path: string): readonly Cell[] => JSON.parse(readFileSync(path, 'utf8')).cells;

let cells: readonly Cell[] = [];

/** The text of the outputs of the cell whose source contains the words. */
function textOf(words: string): string {
  const cell = cells.find(({ source, outputs }) => outputs && source.join('').includes(words));
  assert.ok(cell, `no cell contains ${words}`);
  return (cell.outputs ?? []).map(({ data }) => [data?.['text/plain'] ?? ''].flat().join('')).join('\n');
}

/** Cells of a text table below its head, split at two spaces or more. */
function rowsOf(text: string, head: RegExp): string[][] {
  const lines = text.split('\n');
  return lines.slice(lines.findIndex((line) => head.test(line)) + 1).map((line) => line.trim().split(/ {2,}/));
}

before(() => {
  const done = spawnSync(process.execPath, ['notebooks/execute.mjs', stored, out], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr); // an error, or anything on a cell's stderr, fails here
  cells = cellsOf(`${out}.ipynb`);
});

test('the quickstart recovers eight of eight digits with their labels at an MSE of at most 1e-20', () => {
  const rows = rowsOf(textOf('compared.pairs'), /true label/);
  assert.deepEqual(
    rows.map(([sample]) => sample),
    ['0', '1', '2', '3', '4', '5', '6', '7'],
  );
  for (const [, label, truth, , mse, status] of rows) {
    assert.equal(label, truth);
    assert.ok(Number(mse) <= 1e-20, `MSE ${mse}`);
    assert.equal(status, 'exact');
  }
  assert.match(textOf('show(found, '), /^exact by exan, 8 samples/);
});

test('the quickstart certificate holds, at the residual that the text promises', () => {
  const residual = /^certificate holds: residual (\S+), /.exec(textOf('show(certificate)'))?.[1];
  assert.ok(Number(residual) <= 1e-14, `residual ${residual}`);
});

test('the batch of the quickstart lies in the insecure boundary, with 4 to 13 ExANs a sample', () => {
  const counts = [...textOf('exanHeatmap').matchAll(/^sample \d+: (\d+)$/gm)].map(([, count]) => Number(count));
  assert.deepEqual([counts.length, Math.min(...counts), Math.max(...counts)], [8, 4, 13]);
  assert.match(textOf('show(securityBoundary'), /^insecure +true/);
});

test('float32 and batches of 16 and 32 are recovered as well', () => {
  const rows = rowsOf(textOf('trials.map'), /largest MSE/);
  assert.deepEqual(
    rows.map((row) => row.slice(0, 5)),
    [
      ['8', 'float64', '0', '8', 'exact'],
      ['8', 'float32', '0', '8', 'exact'],
      ['16', 'float64', '8', '16', 'exact'],
      ['32', 'float64', '27', '32', 'exact'],
    ],
  );
  assert.ok(Number(rows[1]?.[5]) <= 1e-10, `float32: MSE ${rows[1]?.[5]}`);
});

test('every figure of the quickstart survives without a renderer, and the page needs no network', () => {
  const bundles = cells.flatMap((cell) => cell.outputs ?? []).flatMap(({ data }) => (data ? [data] : []));
  const figures = bundles.filter((data) => 'application/vnd.plotly.v1+json' in data);
  assert.equal(figures.length, 5); // the exclusivity map falls back to the heat map
  for (const data of figures) assert.ok('image/svg+xml' in data && 'text/plain' in data);
  const html = readFileSync(`${out}.html`, 'utf8');
  const pictures = [...html.matchAll(/src="data:image\/svg\+xml;base64,([^"]+)"/g)].map(([, svg]) =>
    atob(svg as string),
  );
  assert.equal(pictures.length, 5);
  assert.equal(pictures.filter((svg) => />label \d<\/text>/.test(svg)).length, 2, 'digits, before and after');
  assert.doesNotMatch(html, /<(script|link|img)[^>]*(src|href)="https?:/);
});

test('the cells that npm start prints are tagged: the certificate and the comparison', () => {
  const tagged = cells.filter(({ metadata }) => metadata.tags?.includes('report'));
  assert.equal(tagged.length, 2);
});
