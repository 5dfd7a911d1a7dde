import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const small = ['--data', 'gaussian', '--widths', '12,64,3', '--size', '1', '--seeds', '2', '--json'];

test('exan sweep robustness prints one JSON object: a row per disturbance and attack, and leaves a figure', () => {
  const options = ['--noise', '1e-6', '--prune', '0.5', '--out', at('robustness')];
  const { code, stdout, stderr } = exan('sweep', 'robustness', ...small, ...options);
  assert.equal(code, 0, stderr);
  const { rows } = JSON.parse(stdout);
  assert.deepEqual(
    rows.filter((r: { kind: string }) => r.kind === 'noise').map((r: { attack: string }) => r.attack),
    ['ExAN', 'ExAN adaptive', 'row ratios', 'pursuit adaptive'],
  );
  assert.deepEqual(
    [...new Set(rows.map((r: { kind: string }) => r.kind))],
    ['noise', 'float32', 'fp16', 'int8', 'prune'],
  );
  assert.ok(existsSync(join(at('robustness'), 'robustness.svg')));
});
test('exan sweep federated prints a row per client and seed, leaves rows and picture, and goes on where it was stopped', () => {
  const out = at('federated');
  const clients = ['--data', 'gaussian', '--width', '96', '--sizes', '2,6', '--epochs', '1,2', '--rates', '0.1'];
  const options = [...clients, '--batches', 'all,3', '--seeds', '1', '--workers', '1', '--out', out];
  const { code, stdout, stderr } = exan('sweep', 'federated', ...options);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^[ \d]{3} % {2}M = 6, 1 epoch of batches of 3 at 0.1, seed 1/m);
  // so small a network in float32 may leave open whether samples are near pairs
  assert.match(stdout, /^6 +2 +0\.1 +all +1 +(exact +6 +6|approximate +6 +0) +0 +6 +6 /m);
  const rows = JSON.parse(readFileSync(join(out, 'federated.json'), 'utf8'));
  assert.deepEqual(
    rows.map((r: { size: number; batchSize: number | null; epochs: number; false: number }) => [
      ...[r.size, r.batchSize, r.epochs, r.false],
    ]),
    [
      [2, null, 1, 0],
      [2, null, 2, 0],
      [6, null, 1, 0],
      [6, null, 2, 0],
      [6, 3, 1, 0],
      [6, 3, 2, 0],
    ],
  );
  assert.ok(readFileSync(join(out, 'federated.svg'), 'utf8').includes('batches of 3'));
  const again = exan('sweep', 'federated', ...options, '--json');
  assert.equal(again.stderr, '');
  assert.deepEqual(JSON.parse(again.stdout).rows, rows);
  assert.match(
    exan('sweep', 'federated', '--batches', 'half').stderr,
    /'half' is invalid\. Expected numbers of samples, or all/,
  );
});
test('exan sweep training prints a row per step count and precision, nothing false, and leaves rows and picture', () => {
  const out = at('training');
  const { code, stdout, stderr } = exan('sweep', 'training', ...small, '--steps', '0,20', '--out', out);
  assert.equal(code, 0, stderr);
  const { rows } = JSON.parse(stdout);
  assert.deepEqual(
    rows.map((r: { steps: number; precision: string; size: number; batches: number; false: number }) => [
      ...[r.steps, r.precision, r.size, r.batches, r.false],
    ]),
    [0, 20].flatMap((steps) =>
      ['float64', 'float32', 'rounded', 'fp16'].map((precision) => [steps, precision, 1, 2, 0]),
    ),
  );
  assert.equal(rows[0].statuses.exact, 2);
  assert.match(stderr, /^100 % {2}20 steps, /m);
  assert.ok(JSON.parse(readFileSync(join(out, 'training.json'), 'utf8')).length === rows.length);
  const picture = readFileSync(join(out, 'training.svg'), 'utf8');
  for (const drawn of ['float64', 'fp16', 'steps of training']) assert.ok(picture.includes(drawn), drawn);
});
test('exan sweep boundary prints a row per network and gate, leaves rows and picture, and goes on where it was stopped', () => {
  const out = at('boundary');
  const network = ['--data', 'uniform', '--sides', '8', '--channels', '32', '--head', '48', '--inits', 'he,pytorch'];
  const options = [...network, '--sizes', '1,3', '--seeds', '1', '--workers', '1', '--out', out];
  const { code, stdout, stderr } = exan('sweep', 'boundary', ...options);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^ 75 % {2}32, 8 px, pytorch, M = 1, seed 1$/m);
  // 47 / 2; 9 * 32 / (1.2 * 8 * 8)
  assert.match(stdout, /^32 +8 +he +head +23 +3 +3 +3\n32 +8 +he +block 1 +3 +\d +\d +3\n/m);
  assert.equal(JSON.parse(readFileSync(join(out, 'boundary.json'), 'utf8')).length, 6);
  assert.ok(readFileSync(join(out, 'boundary.svg'), 'utf8').includes('32, 8px, pytorch'));
  const again = exan('sweep', 'boundary', ...options, '--json');
  assert.equal(again.stderr, '');
  assert.equal(JSON.parse(again.stdout).trials.length, 4);
  for (const [option, value] of [
    ['--channels', '32,x'],
    ['--inits', 'glorot'],
  ] as const)
    assert.match(exan('sweep', 'boundary', option, value).stderr, new RegExp(`argument '${value}' is invalid`));
});
test('exan sweep convolutions reads pictures back exactly, prints a row each and leaves rows without pixels and a figure', () => {
  const out = at('convolutions');
  const { code, stdout, stderr } = exan(
    'sweep',
    'convolutions',
    '--sizes',
    '1',
    '--seconds',
    '60',
    '--out',
    out,
    '--json',
  );
  assert.equal(code, 0, stderr);
  const { rows } = JSON.parse(stdout);
  const [{ data, size, status, labels, psnr, pictures, false: wrong }] = rows;
  assert.deepEqual(
    [rows.length, data, size, status, labels, wrong, pictures],
    [1, 'mnist', 1, 'exact', 1, 0, undefined],
  );
  assert.ok(psnr[0] > 120, `${psnr}`);
  assert.deepEqual(JSON.parse(readFileSync(join(out, 'convolutions.json'), 'utf8')), rows);
  assert.match(readFileSync(join(out, 'M1-seed1.svg'), 'utf8'), /M = 1: exact/);
});
test('exan defend --network takes networks with convolutions, and what does not belong to them is refused', () => {
  const bad: [string[], RegExp][] = [
    [['--network', 'strided', '--widths', '784,10'], /'--network <name>' cannot be used with option '--widths/],
    [['--network', 'strided', '--data', 'gaussian'], /--data is gaussian, expected pictures: a name such as mnist/],
    [['--network', 'vgg13', '--side', '30'], /vgg13: side is 30, expected 32 or 64/],
    [['--side', '32'], /--init, --side and --seconds are of networks with convolutions/],
  ];
  for (const [args, message] of bad) {
    const { code, stdout, stderr } = exan('defend', '--evaluate', ...args, '--out', at('defend'));
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, message);
  }
});
test('exan sweep names the sweeps there are, and numbers that are none', () => {
  const unknown = exan('sweep', 'ocean');
  assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
  const sweeps = 'phase, robustness, federated, training, boundary, convolutions, defences, compare, merge, script';
  assert.match(unknown.stderr, new RegExp(`unknown command 'ocean', expected ${sweeps}`));
  const letters = exan('sweep', 'robustness', '--noise', 'loud');
  assert.equal(letters.code, 2);
  assert.match(letters.stderr, /'--noise <x,…>' argument 'loud' is invalid\. Expected numbers separated by commas/);
});
test('exan sweep phase refuses data that it does not run on', () => {
  const { code, stdout, stderr } = exan('sweep', 'phase', '--data', 'uniform', '--out', at('uniform'));
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(
    stderr,
    /'--data <set>' argument 'uniform' is invalid\. Allowed choices are mnist, .*, gaussian, or a file or folder/,
  );
});
test('every command refuses an --out that cannot be written to before it computes, in one line', () => {
  writeFileSync(at('file'), '');
  const fixture = (kind: string): string => join('test', 'fixtures', `one_hidden_f32.${kind}.safetensors`);
  const commands = [
    ['sweep', 'phase', '--sizes', '2', '--widths', '16'],
    ['sweep', 'robustness', ...small],
    ['sweep', 'federated'],
    ['sweep', 'boundary'],
    ['defend', '--evaluate', ...small],
    ['defend', '--evaluate', '--network', 'strided', '--json'],
    ['sweep', 'convolutions'],
    ['witness', '--data', 'gaussian', '--widths', '12,64,3', '--size', '2'],
    ['audit', '--model', fixture('model'), '--gradient', fixture('gradient')],
  ];
  for (const command of commands) {
    const { code, stdout, stderr } = exan(...command, '--out', at('file/x'));
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^exan [a-z ]+: folder .*x cannot be written to \(ENOTDIR[^\n]*; choose another one\n$/);
  }
});
test('a second exan sweep phase into a folder is refused while the first runs; Ctrl-C frees it and keeps its trials', async () => {
  const out = at('phase');
  const many = ['sweep', 'phase', '--sizes', '2', '--widths', '128', '--seeds', '5000', '--out', out];
  const running = spawn(process.execPath, [join('build', 'src', 'cli', 'main.js'), ...many]);
  const ended = new Promise((resolve) => running.on('close', resolve));
  const log = join(out, 'phase.jsonl');
  while (!existsSync(log)) await new Promise((resolve) => setTimeout(resolve, 20)); // a trial is done
  const second = exan(...many);
  running.kill('SIGINT');
  assert.equal(await ended, 130);
  assert.deepEqual([second.code, second.stdout], [2, '']);
  const used = new RegExp(`^trialLog: .*phase is in use by process ${running.pid}; wait until that ends.*\\n$`);
  assert.match(second.stderr, used);
  assert.deepEqual(readdirSync(out), ['phase.jsonl']);
  const trials = readFileSync(log, 'utf8').trimEnd().split('\n');
  assert.ok(trials.every((line) => JSON.parse(line).size === 2));
});
