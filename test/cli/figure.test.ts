import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captureGradient, data, type Figure, mlp, reconstruct, recovered, viz } from '../../src';
import { csvOf } from '../../src/cli/figureFiles';
import { figures } from '../../src/cli/figures';
import { exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';
import { rounded } from '../viz/rounded';

const at = temporaryFolder();

/** Cells of a CSV file without quoted ones. */
const cells = (path: string): string[][] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));

test('exan figure list names every figure that viz draws, each with a sentence', () => {
  const { code, stdout } = exan('figure', 'list', '--json');
  assert.equal(code, 0);
  const listed = (JSON.parse(stdout) as { figures: { name: string; about: string }[] }).figures;
  const drawn = readdirSync(join('test', 'viz', 'snapshots')).map((file) => file.split('.')[0] as string);
  assert.deepEqual(listed.map(({ name }) => name).sort(), [...new Set(drawn)].sort());
  for (const { about } of listed) assert.match(about, /^[A-Z].*\.$/);
  assert.deepEqual(
    Object.keys(figures),
    listed.map(({ name }) => name),
  );
});

test('exan figure NAME writes HTML, SVG, PNG and CSV that show what the library makes of the same seed', async () => {
  const out = at('figures');
  const { code, stdout } = exan('figure', 'imageGrid', 'exanHeatmap', '--seed', '3', '--out', out, '--json');
  assert.equal(code, 0);
  const { figures: written } = JSON.parse(stdout) as { figures: { name: string; files: string[] }[] };
  assert.deepEqual(JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')), written);
  assert.deepEqual(written[0]?.files, ['imageGrid.html', 'imageGrid.svg', 'imageGrid.png', 'imageGrid.csv']);
  assert.deepEqual(readdirSync(out).sort(), ['index.json', ...written.flatMap(({ files }) => files)].sort());

  const model = mlp({ widths: [784, 512, 10], seed: 3 });
  const truth = (await data.mnist()).draw({ size: 8, seed: 3 });
  const found = recovered(reconstruct(model, captureGradient(model, truth, { precision: 'float32' })));
  const grid = viz.imageGrid({ truth, recovered: found });
  const svg = readFileSync(join(out, 'imageGrid.svg'), 'utf8');
  const [style = ''] = /\n<style>.*<\/style>/.exec(svg) ?? [];
  assert.match(style, /prefers-color-scheme:dark/);
  assert.equal(svg.replace(style, ''), viz.staticPicture(grid).data, 'apart from the dark page, the static picture');
  assert.ok(readFileSync(join(out, 'imageGrid.html'), 'utf8').includes(svg));
  assert.equal(readFileSync(join(out, 'imageGrid.png')).subarray(1, 4).toString(), 'PNG');

  const rows = cells(join(out, 'exanHeatmap.csv'));
  assert.deepEqual(rows[0], ['trace', 'x', 'y', 'value', 'text']);
  assert.equal(rows.length, 1 + 8 * 2, 'eight digits, two layers');
  for (const [trace, x, y, value, text] of rows.slice(1)) {
    assert.match(`${trace} ${x} ${y}`, /^0 ReLU [01] sample [0-7]$/);
    assert.equal(value, text);
  }
});

test('without a program that draws SVG there is a PNG of pictures only, and the command says so', () => {
  const [path, own] = [process.env.PATH, process.env.EXAN_CHROMIUM];
  mkdirSync(at('nothing'));
  process.env.PATH = at('nothing');
  process.env.EXAN_CHROMIUM = join(at('nothing'), 'none');
  try {
    const { stdout } = exan('figure', 'imageGrid', 'exanHeatmap', '--out', at('bare'));
    assert.deepEqual(
      readdirSync(at('bare')).filter((file) => file.endsWith('.png')),
      ['imageGrid.png'],
    );
    assert.match(stdout, /no PNG of exanHeatmap: that takes rsvg-convert/);
  } finally {
    process.env.PATH = path;
    if (own === undefined) delete process.env.EXAN_CHROMIUM;
    else process.env.EXAN_CHROMIUM = own;
  }
});

test('exan figure refuses a name that is no figure, with those that are', () => {
  const { code, stderr } = exan('figure', 'imageGird', '--out', at('none'));
  assert.equal(code, 2);
  assert.match(stderr, /there is no figure imageGird, expected list, all, or some of imageGrid, /);
  assert.match(exan('figure', 'list', 'imageGrid').stderr, /there is no figure list/);
});

/** Figures that neither the clock nor the last digit of a number decides. */
const steady = ['exanHeatmap', 'phaseDiagram', 'trainingCurve'];
const folder = join('test', 'cli', 'snapshots');
for (const name of steady)
  test(`exan figure ${name} draws what is in ${join(folder, name)}.csv (UPDATE_SNAPSHOTS=1 rewrites it)`, async () => {
    const entry = figures[name] ?? assert.fail(name);
    const made = csvOf(rounded(await entry.draw({ digits: await data.mnist(), seed: 1 })) as Figure);
    const path = join(folder, `${name}.csv`);
    if (process.env.UPDATE_SNAPSHOTS === '1') writeFileSync(path, made);
    assert.equal(made, readFileSync(path, 'utf8'));
  });
