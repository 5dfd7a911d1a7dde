import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface Cell {
  readonly source: readonly string[];
  readonly metadata: { readonly tags?: readonly string[] };
  readonly outputs?: readonly { readonly data?: Readonly<Record<string, string | readonly string[]>> }[];
}

const cellsOf = (path: string): readonly Cell[] => JSON.parse(readFileSync(path, 'utf8')).cells;
/** The text of a cell's last output: a progress bar may stand before it. */
const textOf = ({ outputs = [] }: Cell): string => [outputs.at(-1)?.data?.['text/plain'] ?? ''].flat().join('');

/** Executes a notebook through its kernel and returns the texts of its cells tagged `report`. */
function reports(name: string): string[] {
  const stored = join('notebooks', `${name}.ipynb`);
  const out = join('out', 'test', name);
  const done = spawnSync(process.execPath, ['notebooks/execute.mjs', stored, out], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  return cellsOf(`${out}.ipynb`)
    .filter(({ metadata }) => metadata.tags?.includes('report'))
    .map(textOf);
}
/** Cells of the first line below a text table's head. */
const firstRow = (text: string): string[] => (text.split('\n')[1] ?? '').trim().split(/ {2,}/);

test('beyond the boundary: 64 digits without ExANs come back whole from float32, and the certificate holds', () => {
  const [found = '', proof = '', scored = ''] = reports('09-beyond-the-boundary');
  assert.equal(firstRow(found)[0], 'exact');
  assert.equal(firstRow(found)[2], '64');
  assert.match(proof, /^certificate holds/);
  const [recovered, labels, mse] = firstRow(scored);
  assert.deepEqual([recovered, labels], ['64', '1']);
  assert.ok(Number(mse) <= 1e-12, `MSE ${mse}`);
});
test('the secure side: another batch has the same gradient, with every pixel inside [0, 1]', () => {
  const [exists, residual, distance, least, largest] = firstRow(reports('07-the-secure-side')[0] ?? '');
  assert.equal(exists, 'true');
  assert.ok(Number(residual) <= 1e-12 && Number(distance) > 0.1, `${residual}, ${distance}`);
  assert.ok(Number(least) >= 0 && Number(largest) <= 1, `pixels ${least} to ${largest}`);
});
test('defences: composing the batch lowers the ExANs but not the exposure, what stops the ExAN attack leaves all to pursuit, and noise leaves samples in sight', () => {
  const [composed = '', table = '', noise = '', updates = '', behind = ''] = reports('08-defences');
  const rows = composed.split('\n').map((line) => line.trim().split(/ {2,}/));
  assert.ok(Number(rows[2]?.[1]) < Number(rows[1]?.[1]));
  assert.equal(rows[2]?.[2], 'exact');
  assert.deepEqual(firstRow(table).slice(0, 3), ['none', '0', '100']);
  for (const name of ['input perturbation', 'mask exclusive rows', 'dropout']) {
    const line = table.split('\n').find((l) => l.startsWith(name)) ?? '';
    const [exan, , , , pursuit] = line.split(/ {2,}/).slice(2);
    assert.deepEqual([exan, pursuit], ['0', '100'], `${name}: exact by exclusive neurons, by pursuit`);
  }
  assert.deepEqual(firstRow(noise).slice(1), ['0', '100', '100'], 'noise of 1e-6');
  for (const [k, line] of updates.split('\n').slice(1).entries()) {
    const [steps, status, exact, wrong, labels, psnr] = line.trim().split(/ {2,}/);
    assert.deepEqual([steps, status, exact, wrong, labels], [`${[1, 2, 5][k]}`, 'exact', '8', '0', '8']);
    assert.ok(Number(psnr) > 100, psnr);
  }
  const layers = behind.split('\n').slice(1);
  const row = (name: string): string[] =>
    (layers.find((line) => line.startsWith(`${name}  `)) ?? '').trim().split(/ {2,}/).slice(1);
  assert.deepEqual(row('none').slice(0, 4), ['exact', '2', '2', '2']);
  for (const name of ['withhold layers 0', 'withhold layers 0 1 2', 'quantise fp16']) {
    assert.deepEqual(row(name).slice(0, 4), ['approximate', '0', '2', '2'], name);
    assert.ok(Number(row(name)[4]) > 40, name);
  }
  for (const name of ['withhold layers 3', 'withhold layers 4', 'prune', 'DP-SGD, clip 1'])
    assert.deepEqual(row(name).slice(1, 4), ['0', '0', '0'], name);
  assert.deepEqual(row('dropout').slice(1), ['0', '0', '2'], 'dropout leaves the labels');
});
test('figure 8: batches of 1, 2, 4 and 8 digits come back exactly from a convolutional network, above 120 dB, and absent sets are named', () => {
  const [proof = '', batches = '', sets = '', table = ''] = reports('06-fig8-convolutions');
  assert.match(proof, /^certificate holds/);
  const rows = batches.split('\n').slice(1);
  assert.deepEqual(
    rows.map((line) => line.trim().split(/ {2,}/).slice(0, 5)),
    [1, 2, 4, 8].map((M) => [`${M}`, 'exact', `${M}`, '0', `${M}`]),
  );
  for (const line of rows) assert.ok(Number(line.trim().split(/ {2,}/)[5]) > 120, line);
  for (const line of sets.split('\n').slice(1)) assert.match(line, / [1-9]\d*$|set EXAN_DATA to a folder with/);
  const attacked = table.split('\n').slice(1);
  assert.equal(attacked.length, sets.split('\n').filter((line) => / [1-9]\d*$/.test(line)).length);
  for (const line of attacked) assert.equal(line.trim().split(/ {2,}/)[4], '0', `false: ${line}`);
  const [name, M, status, exact, wrong, labels] = attacked[0]?.trim().split(/ {2,}/) ?? [];
  assert.deepEqual([name, M, status, exact, wrong, labels], ['MNIST', '2', 'exact', '2', '0', '2']);
});
test('federated: 32 digits are proven, their order found; exposure foretells error and samples; nothing behind a defence is called exact', () => {
  const [proof = '', ordered = '', told = '', error = '', map = '', defended = ''] = reports('10-federated');
  const cellsIn = (text: string): string[][] =>
    text
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/ {2,}/));
  assert.match(proof, /^certificate holds/);
  const [status, samples, steps, sizes, worst] = firstRow(ordered);
  assert.deepEqual([status, samples, steps, sizes], ['exact', '32', '8', '8 8 8 8 8 8 8 8']);
  assert.ok(Number(worst) < 1e-5, worst);
  const settings = cellsIn(told);
  for (const row of settings) assert.equal(row[2], '32', `given away: ${row}`);
  const zeros = settings.slice(0, 3).map((row) => Number(row[3]));
  assert.deepEqual(
    zeros,
    [...zeros].sort((a, b) => b - a),
  );
  assert.ok(zeros[2]! > 31 && zeros[2]! < zeros[0]!, 'more steps leave fewer zeros');
  const [foretold, true_] = firstRow(error).map(Number) as [number, number];
  assert.ok(foretold / true_ < 3 && true_ / foretold < 3, `${foretold}, ${true_}`);
  const [clients, exposed, recovered, exact, wrong] = firstRow(map).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  assert.deepEqual([clients, wrong], [15, 0]);
  assert.ok(exposed < 15 * 32 && recovered < exposed && exact <= recovered, `${exposed}, ${recovered}, ${exact}`);
  assert.ok(exact >= 4 * 32, `${exact}`);
  const rows = cellsIn(defended);
  assert.deepEqual(rows[0], ['none', '0', '8', 'exact', '8', '0', '8', '8', '8']);
  for (const row of rows.slice(1)) assert.deepEqual(row.slice(4, 6), ['0', '0'], `exact, false: ${row}`);
  assert.deepEqual(rows[1]?.slice(0, 7), ['secure aggregation', '2', '16', 'partial', '0', '0', '16']);
});
test('attack comparison: of 8 and of 64 digits ours has all exactly, no rival has more anywhere, and R-GAP reads one image through sigmoids', () => {
  const [eight = '', larger = '', bent = ''] = reports('11-against-the-rivals');
  const rows = [eight, larger].flatMap((text) =>
    text
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/ {2,}/)),
  );
  const ours = rows.filter(([attack]) => attack === 'exan');
  assert.deepEqual(
    ours.map(([, M, exact]) => [M, exact]),
    [8, 32, 64].map((M) => [`${M}`, `${M}`]),
  );
  for (const [attack, M, exact, , psnr] of rows) {
    const own = ours.find((row) => row[1] === M);
    assert.ok(Number(exact) <= Number(own?.[2]) && Number(psnr) <= Number(own?.[4]), `${attack} at M = ${M}`);
  }
  const inverting = rows.find(([attack, M]) => attack === 'IG, tuned' && M === '8');
  assert.ok(Number(inverting?.[3]) >= 6, 'IG shows most of the digits');
  const [none, image] = bent
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/ {2,}/));
  assert.equal(none?.[1], 'not-unique');
  assert.ok(image?.[0] === 'R-GAP' && Number(image[2]) > 150, `${image}`);
});
