import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { catalogue, fromNpz, gaussian, writeNpz } from '../../src/data';
import { cli, exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const answered = (...args: string[]): string => {
  const { code, stdout, stderr } = exan(...args);
  assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  return stdout;
};
const refused = (message: RegExp, ...args: string[]): void => {
  const { code, stdout, stderr } = exan(...args);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, message);
};
writeFileSync(at('patients.csv'), 'age,sex,label\n61,f,yes\n44,m,no\n30,?,no\n50,m,yes\n');
const table = gaussian({ size: 40, dimension: 12, classes: 3, seed: 2 });
writeNpz(at('own.npz'), table);
const pictures = {
  ...gaussian({ size: 20, dimension: 12 * 12, classes: 4, seed: 3 }),
  image: { height: 12, width: 12, channels: 1 },
};
writeNpz(at('pictures.npz'), pictures);

test('exan data list names every set with its licence', () => {
  const text = answered('data', 'list');
  const { sets } = JSON.parse(answered('data', 'list', '--json'));
  assert.equal(sets.length, catalogue().length);
  for (const { name, licence } of sets) assert.ok(text.includes(name) && text.includes(licence), name);
});
test('exan data info says what a set is, and what a file of your own holds', () => {
  const known = answered('data', 'info', 'purchase100');
  for (const part of ['Shokri', 'dataset_purchase.tgz', '197,324 records']) assert.ok(known.includes(part), known);
  assert.match(answered('data', 'info', 'mnist'), /samples +10000 of 28 x 28 x 1/);
  const found = JSON.parse(
    answered('data', 'info', at('patients.csv'), '--missing', 'drop', '--scale', 'unit', '--json'),
  );
  assert.deepEqual([found.samples, found.counts, found.labels], ['3 of 3', [1, 2], ['no', 'yes']]);
  assert.deepEqual(found.columns[0], { name: 'age', mean: 44, scale: 17, step: 1 });
  refused(/column sex has 1 missing values/, 'data', 'info', at('patients.csv'));
  refused(/which has no option label/, 'data', 'info', at('own.npz'), '--label', 'y');
  refused(/--label belongs to a file of your own, and mnist is a set by name/, 'data', 'info', 'mnist', '--label', 'y');
  refused(/absent\.csv is not there/, 'data', 'info', at('absent.csv'));
});
test('exan data convert writes what every --data takes', async () => {
  answered('data', 'convert', at('patients.csv'), '--missing', 'fill', '--out', at('patients.npz'));
  const { inputs, labels } = await fromNpz(at('patients.npz'));
  assert.deepEqual([inputs.rows, inputs.columns, [...labels]], [4, 3, [1, 0, 0, 1]]);
  answered('data', 'convert', at('patients.csv'), '--missing', 'drop', '--out', at('p.npz'), '--columns', at('p.json'));
  assert.deepEqual(JSON.parse(readFileSync(at('p.json'), 'utf8')), {
    columns: [
      { name: 'age', mean: 0, scale: 1, step: 1 },
      { name: 'sex', categories: ['f', 'm'] },
    ],
    labels: ['no', 'yes'],
  });
  const none = ['data', 'convert', at('own.npz'), '--out', at('p.npz'), '--columns', at('p.json')];
  refused(/--columns belongs to a table, and .* is none/, ...none);
  refused(
    /--out is x\.csv, expected a name that ends with \.npz/,
    'data',
    'convert',
    at('patients.csv'),
    '--out',
    'x.csv',
  );
});
test('--data takes a file of your own in every command that draws, and refuses what is neither name nor file', () => {
  const widths = ['--widths', '12,40,3'];
  const own = ['--data', at('own.npz'), '--size', '2'];
  const { score } = JSON.parse(answered('demo', ...own, ...widths, '--json')).truth;
  assert.ok(score.mse.max < 1e-20, `${score.mse.max}`);
  assert.match(answered('exposure', ...own, ...widths), /exan|exposed|not|samples/i);
  assert.ok(answered('witness', ...own, ...widths).length > 0);
  const phase = [
    ...['sweep', 'phase', '--data', at('own.npz'), '--sizes', '2', '--widths', '40', '--seeds', '1'],
    '--json',
  ];
  for (const workers of ['0', '1']) {
    const { code, stdout, stderr } = exan(...phase, '--workers', workers, '--out', at(`phase${workers}`));
    assert.equal(code, 0, stderr);
    const { rows } = JSON.parse(stdout);
    assert.deepEqual(new Set(rows.map((r: { data: string }) => r.data)), new Set(['own']));
    assert.ok(rows.some((r: { method: string; success: boolean }) => r.method === 'exan' && r.success));
  }
  const federated = ['sweep', 'federated', '--data', at('own.npz'), '--sizes', '2', '--epochs', '1', '--rates', '0.1'];
  const run = exan(...federated, '--seeds', '1', '--seconds', '2', '--width', '40', '--out', at('federated'), '--json');
  assert.equal(run.code, 0, run.stderr);
  refused(
    /patients\.csv needs to be told how, as exan data convert is.*\n {2}fromCsv: .*column sex has 1 missing/,
    'demo',
    '--data',
    at('patients.csv'),
  );
  refused(
    /argument 'minst' is invalid\. Allowed choices are mnist, .*, or a file or folder/,
    'demo',
    '--data',
    'minst',
  );
  refused(/--widths 9,4,3 do not fit --data/, 'demo', ...own, '--widths', '9,4,3');
});
test('commands for pictures take pictures of your own and refuse what are none', () => {
  const sweep = ['sweep', 'convolutions', '--sizes', '1', '--seeds', '1', '--seconds', '1', '--out', at('conv')];
  const { code, stderr } = exan(...sweep, '--data', at('pictures.npz'), '--json');
  assert.equal(code, 0, stderr);
  refused(/which are no pictures, expected some, such as mnist/, ...sweep, '--data', at('own.npz'));
});
test('exan data get brings a set into the data folder, and says when one cannot be had so', async () => {
  refused(/retina is not published as a file, see https:/, 'data', 'get', 'retina', '--into', at('get'));
  refused(/nothing is no set, expected one of mnist/, 'data', 'get', 'nothing');
  const server = createServer((_, response) => void response.end('not the archive'));
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((done) => {
      execFile(process.execPath, [cli, 'data', 'get', ...args], (error, stdout, stderr) => {
        done({ code: error?.code ?? 0, stdout, stderr });
      });
    });
  try {
    const wrong = await run('cifar100', '--into', at('get'), '--from', from);
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /has the md5 [\da-f]+, expected 03b5dce01913d631647c71ecec9e9cb8/);
    assert.equal(existsSync(join(at('get'), 'cifar100', 'cifar-100-binary.tar.gz')), false);
  } finally {
    server.close();
  }
});
