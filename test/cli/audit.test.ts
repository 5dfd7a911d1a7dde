import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { readBatch } from '../../src/data/batchFile';
import { captureGradient } from '../../src/gradient/captureGradient';
import { readGradient, writeGradient } from '../../src/gradient/gradientFile';
import { mlp } from '../../src/model/mlp';
import { writeModel } from '../../src/model/modelFile';
import { score } from '../../src/verification/certificate/score';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const cli = join('build', 'src', 'cli', 'main.js');
const exan = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
};
const fixture = (name: string) => join('test', 'fixtures', name);
const auditFixture = (name: string, ...more: string[]) =>
  exan(
    'audit',
    '--model',
    fixture(`${name}.model.safetensors`),
    '--gradient',
    fixture(`${name}.gradient.safetensors`),
    '--json',
    ...more,
  );

test('exan audit reads what PyTorch and NumPy saved: whole batches where it says exact, and no claim elsewhere', () => {
  const whole = ['one_hidden_f32', 'pursuit']; // float32 by PyTorch, float64 by NumPy
  for (const name of [...whole, 'one_hidden', 'two_hidden', 'four_hidden', 'four_hidden_f32']) {
    const { code, stdout, stderr } = auditFixture(name, '--out', at(name), '--seconds', '2');
    assert.equal(code, 0, stderr);
    const report = JSON.parse(stdout);
    const truth = readBatch(fixture(`${name}.batch.safetensors`));
    assert.equal(stderr, '');
    assert.ok(['exact', 'partial', 'not-unique'].includes(report.status), `${name}: ${report.reason}`);
    assert.equal(report.certificate.verdict === 'holds', report.status === 'exact', name);
    if (whole.includes(name)) assert.equal(report.status, 'exact', name);
    if (report.status !== 'exact') continue;
    assert.equal(report.batchSize, truth.inputs.rows);
    const result = score(readBatch(join(at(name), 'reconstruction.safetensors')), truth);
    assert.equal(result.labelAccuracy, 1);
    assert.ok(result.mse.max < (name.endsWith('f32') ? 1e-9 : 1e-20), `${name}: ${result.mse.max}`);
  }
});
test('exan audit with the wrong model says inconsistent, and never exact', () => {
  const model = mlp({ widths: [30, 40, 20, 5], seed: 1 });
  writeModel(at('other.safetensors'), mlp({ widths: [30, 40, 20, 5], seed: 2 }));
  writeGradient(at('g.safetensors'), captureGradient(model, gaussian({ size: 3, dimension: 30, classes: 5, seed: 3 })));
  const { code, stdout } = exan(
    'audit',
    '--model',
    at('other.safetensors'),
    '--gradient',
    at('g.safetensors'),
    '--json',
  );
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).status, 'inconsistent');
});

/** Bad input: exit code 2, nothing on stdout, one line that says what is wrong. */
const refused = (expected: RegExp, ...args: string[]): void => {
  const { code, stdout, stderr } = exan(...args);
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, expected);
  assert.equal(stderr.trim().split('\n').length, 1);
};
const model = mlp({ widths: [4, 6, 3], seed: 1 });
const gradient = captureGradient(model, gaussian({ size: 2, dimension: 4, classes: 3, seed: 1 }));
const auditOf = (g: string) => ['audit', '--model', at('m.safetensors'), '--gradient', g];

test('exan audit refuses bad input with one line and exit code 2', () => {
  writeModel(at('m.safetensors'), model);
  writeGradient(at('good.safetensors'), gradient);
  refused(/'--model <file>' not specified; see exan audit --help/, 'audit');
  refused(/not specified, got --modle/, 'audit', '--modle', 'x');
  refused(/cannot be read|ENOENT/, ...auditOf(at('nowhere.safetensors')));
  refused(
    /argument 'median' is invalid\. Allowed choices are mean, sum/,
    ...auditOf(at('good.safetensors')),
    '--reduction',
    'median',
  );
  refused(/unknown command 'steal', expected demo, audit/, 'steal');
  refused(/unknown option '--weights'/, ...auditOf(at('good.safetensors')), '--weights', 'x');
  const bytes = readFileSync(at('good.safetensors'));
  writeFileSync(at('short.safetensors'), bytes.subarray(0, bytes.length - 9));
  refused(/short\.safetensors/, ...auditOf(at('short.safetensors')));
  const hostile = Buffer.from(bytes);
  hostile.writeBigUInt64LE(2n ** 60n, 0);
  writeFileSync(at('hostile.safetensors'), hostile);
  refused(/header/, ...auditOf(at('hostile.safetensors')));
});
test('exan audit refuses NaN, a zero gradient and a gradient of another architecture', () => {
  writeModel(at('m.safetensors'), model);
  const save = (name: string, change: (values: Float64Array) => void): string => {
    const copy = readGradient(at('good.safetensors'));
    for (const { weight, bias } of copy.gradients) {
      change(weight.data);
      if (bias) change(bias);
    }
    writeGradient(at(name), copy);
    return at(name);
  };
  refused(
    /NaN/,
    ...auditOf(
      save('nan.safetensors', (v) => {
        v[1] = Number.NaN;
      }),
    ),
  );
  refused(
    /Infinity/,
    ...auditOf(
      save('inf.safetensors', (v) => {
        v[1] = Number.POSITIVE_INFINITY;
      }),
    ),
  );
  refused(
    /zero in every entry/,
    ...auditOf(
      save('zero.safetensors', (v) => {
        v.fill(0);
      }),
    ),
  );
  const other = mlp({ widths: [4, 7, 3], seed: 1 });
  writeGradient(
    at('wide.safetensors'),
    captureGradient(other, gaussian({ size: 2, dimension: 4, classes: 3, seed: 1 })),
  );
  refused(/7 x 4, expected 6 x 4/, ...auditOf(at('wide.safetensors')));
});
test('exan demo recovers eight digits and prints one JSON object', () => {
  const { code, stdout, stderr } = exan('demo', '--size', '8', '--widths', '784,512,10', '--seed', '1', '--json');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.equal(report.status, 'exact');
  assert.equal(report.batchSize, 8);
  assert.equal(report.certificate.verdict, 'holds');
  assert.equal(report.truth.score.labelAccuracy, 1);
  assert.ok(report.truth.score.mse.max < 1e-20);
});
test('Ctrl-C ends the search of exan audit, which reports what it has', async () => {
  const model = mlp({ widths: [300, 512, 10], seed: 1 });
  const gradient = captureGradient(model, gaussian({ size: 190, dimension: 300, classes: 10, seed: 1 }));
  writeModel(at('large.model'), model);
  writeGradient(at('large.gradient'), gradient);
  const files = ['--model', at('large.model'), '--gradient', at('large.gradient')];
  const running = spawn(process.execPath, [cli, 'audit', ...files, '--seconds', '600', '--json']);
  let stdout = '';
  running.stdout.on('data', (part) => {
    stdout += part;
  });
  setTimeout(() => running.kill('SIGINT'), 4000);
  const code = await new Promise((resolve) => running.on('close', resolve));
  assert.equal(code, 0);
  assert.match(JSON.parse(stdout).reason, /then it was stopped/);
});
