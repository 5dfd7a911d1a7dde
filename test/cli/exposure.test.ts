import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { readBatch, writeBatch } from '../../src/data/batchFile';
import { captureGradient } from '../../src/gradient/captureGradient';
import { mlp } from '../../src/model/mlp';
import { writeModel } from '../../src/model/modelFile';
import { certify } from '../../src/verification/certificate/certify';
import { exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

test('exan exposure of eight digits gives a verdict, ExANs and a reason per sample, and the paper boundary', () => {
  const { code, stdout, stderr } = exan('exposure', '--size', '8', '--seed', '1', '--json');
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout);
  assert.equal(result.samples.length, 8);
  for (const s of result.samples) {
    assert.equal(s.verdict, 'exposed-exan');
    assert.ok(s.exans.every((n: number) => n >= 2));
    assert.match(s.reason, new RegExp(`^it alone activates ${s.exans[0]} neurons`));
  }
  assert.equal(result.counts['exposed-exan'], 8);
  assert.equal(result.boundary.insecure, true);
});
test('exan witness from files: a second batch with the same gradient, written and certified', () => {
  const model = mlp({ widths: [20, 6, 4], seed: 1 });
  const batch = gaussian({ size: 9, dimension: 20, classes: 4, seed: 2 });
  writeModel(at('model.safetensors'), model);
  writeBatch(at('batch.safetensors'), batch);
  const files = ['--model', at('model.safetensors'), '--batch', at('batch.safetensors')];
  const { code, stdout, stderr } = exan('witness', ...files, '--out', at('out'), '--json');
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout);
  assert.equal(result.exists, true);
  assert.ok(result.residual <= 1e-12 && result.distance > 0.1);
  const other = readBatch(join(at('out'), 'witness.safetensors'));
  assert.deepEqual([...other.labels], [...batch.labels]);
  assert.equal(certify(model, captureGradient(model, batch), other).verdict, 'holds');
  const exposed = JSON.parse(exan('exposure', ...files, '--json').stdout);
  assert.ok(exposed.counts['not-unique'] > 0);
});
test('exan witness says why there is none, with rank and margin', () => {
  const result = JSON.parse(exan('witness', '--size', '4', '--json').stdout);
  assert.equal(result.exists, false);
  assert.equal(result.jacobian.rank, 4 * 784);
  assert.ok(result.jacobian.margin > 1e-6);
  assert.match(result.reason, /full rank 3136 of 3136/);
});
test('exan exposure refuses a mix of drawn and read batches, and bounds that are none', () => {
  const mixed = exan('exposure', '--size', '4', '--model', 'm', '--batch', 'b');
  assert.equal(mixed.code, 2);
  assert.match(mixed.stderr, /'--model <file>' cannot be used with option '--size <n>'/);
  assert.match(
    exan('witness', '--size', '4', '--bounds', '1,0').stderr,
    /'--bounds <low,high>' argument '1,0' is invalid\. Expected LOW,HIGH/,
  );
});
test('exan defend --evaluate writes the table defences x attacks, the first row undefended, and the picture', () => {
  const small = ['--data', 'gaussian', '--widths', '20,40,4', '--size', '3', '--seeds', '1', '--steps', '2'];
  const { code, stdout, stderr } = exan('defend', '--evaluate', ...small, '--out', at('defences'), '--json');
  assert.equal(code, 0, stderr);
  const { rows } = JSON.parse(stdout);
  assert.equal(rows[0].defence, 'none');
  assert.equal(rows[0].attacks[0].exact.mean, 1);
  const masked = rows.find(
    (r: { defence: string; strength: number }) => r.defence === 'mask first layer' && r.strength === 1,
  );
  assert.equal(masked.attacks[0].exact.mean, 0);
  assert.deepEqual(
    rows.filter((r: { epsilon: number | null }) => r.epsilon !== null).map((r: { defence: string }) => r.defence),
    new Array(3).fill('DP-SGD, clip 1'),
  );
  assert.ok(rows.every((r: { accuracy: unknown }) => r.accuracy !== null));
  assert.match(readFileSync(join(at('defences'), 'defences.svg'), 'utf8'), /<svg/);
  assert.deepEqual(JSON.parse(readFileSync(join(at('defences'), 'defences.json'), 'utf8')).length, rows.length);
});
test('exan exposure --architecture counts what each batch size allows, and with a batch names the gate that stops', () => {
  const file = (name: string): string => join('test', 'fixtures', `conditioning.${name}`);
  const network = ['--model', file('model.safetensors'), '--architecture', file('architecture.json')];
  const counted = exan('exposure', ...network);
  assert.equal(counted.code, 0, counted.stderr);
  // under a stride of two the corners of 3 x 3 have the 10 equations of the middle tap; 9 * 24 for 6 x 6, 1.2 times as many below pooling
  assert.match(counted.stdout, /^block 2 +3 +10 +4 +2 +plain\nblock 1 +0 +216 +36 +5 +pooled\n$/m);
  const { convolutions } = JSON.parse(exan('exposure', ...network, '--json').stdout);
  assert.deepEqual(
    convolutions.map((c: { largest: number }) => c.largest),
    [2, 5],
  );
  const judged = exan('exposure', ...network, '--batch', file('batch.safetensors'));
  assert.match(judged.stdout, /^M = 3: stopped at (head|block 2) \(layer \d\), inputs (exposed|not reached)\n/);
  assert.match(
    judged.stdout,
    /\nblock 2 +layer 3 +closed +10 equations for 12 unknowns of each channel, enough up to M = 2\n/,
  );
  assert.match(judged.stdout, /not recovered does not mean safe/);
  const found = JSON.parse(exan('exposure', ...network, '--batch', file('batch.safetensors'), '--json').stdout);
  assert.deepEqual([found.size, found.gates.length], [3, 4]);
  const alone = exan('exposure', '--architecture', file('architecture.json'));
  assert.deepEqual([alone.code, alone.stdout], [2, '']);
  assert.match(alone.stderr, /^exan exposure: --architecture needs --model/);
});
test('exan exposure of a client judges its update, before it is shared; training is given whole or not at all', () => {
  const client = ['exposure', '--data', 'gaussian', '--widths', '20,64,4', '--size', '5', '--rate', '0.1'];
  const judged = exan(...client, '--epochs', '4', '--mini-batch', '2', '--precision', 'float32', '--json');
  assert.equal(judged.code, 0, judged.stderr);
  const { steps, samples, summary } = JSON.parse(judged.stdout);
  assert.deepEqual([steps, samples.length], [12, 5]);
  assert.match(summary, /^the update of 12 local steps in float32 gives all 5 samples away: /);
  const text = exan(...client, '--epochs', '1').stdout;
  assert.match(text, /^the update of 1 local step in float64 .*\n\n +verdict +ExANs +zeros +reason\n0 +exposed-/);
  const half = exan(...client);
  assert.deepEqual([half.code, half.stdout], [2, '']);
  assert.match(half.stderr, /^exan exposure: expected --epochs and --rate together/);
});
test('exan defend --evaluate of clients with several local steps: a row per defence and seed, the first undefended and exact', () => {
  const small = ['--data', 'gaussian', '--widths', '20,96,4', '--size', '2', '--seeds', '1', '--seconds', '1'];
  const client = ['--epochs', '3', '--rate', '0.1', '--out', at('updates')];
  const { code, stdout, stderr } = exan('defend', '--evaluate', ...small, ...client, '--json');
  assert.equal(code, 0, stderr);
  const { rows } = JSON.parse(stdout);
  assert.deepEqual([rows[0].defence, rows[0].status, rows[0].exact], ['none', 'exact', 2]);
  const names = rows.map((r: { defence: string }) => r.defence);
  assert.deepEqual([...new Set(names)].slice(0, 4), [
    'none',
    'secure aggregation',
    'server momentum',
    'mask first layer',
  ]);
  for (const { defence, strength, exact, false: wrong } of rows.slice(1))
    assert.deepEqual([exact, wrong], [0, 0], `${defence} ${strength}`);
  assert.deepEqual(JSON.parse(readFileSync(join(at('updates'), 'defences.json'), 'utf8')), rows);
  const mixed = exan('defend', '--evaluate', '--epochs', '3', '--rate', '1', '--network', 'lenet');
  assert.match(mixed.stderr, /'--epochs <n>' cannot be used with option '--network <name>'/);
});
