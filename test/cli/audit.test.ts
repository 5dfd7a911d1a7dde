import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { readBatch } from '../../src/data/batchFile';
import { captureGradient } from '../../src/gradient/captureGradient';
import { gradientDifference } from '../../src/gradient/gradientDifference';
import { readGradient, writeGradient } from '../../src/gradient/gradientFile';
import { mlp } from '../../src/model/mlp';
import { readModel, writeModel } from '../../src/model/modelFile';
import { score } from '../../src/verification/certificate/score';
import { cli, exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
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

const local = (name: string, ...more: string[]) => [
  ...['audit', '--model', fixture(`${name}.before.safetensors`), '--rate', '0.1', '--json'],
  ...more,
];
test('exan audit --after reads the batch back from a network that PyTorch trained for some steps, and --update from a difference', () => {
  for (const [name, ...training] of [
    ['update_steps', '--steps', '5'],
    ['update_epochs', '--epochs', '2', '--batch', '3'],
  ] as const) {
    const after = fixture(`${name}.after.safetensors`);
    const { code, stdout, stderr } = exan(...local(name, '--after', after, ...training, '--out', at(name)));
    assert.equal(code, 0, stderr);
    const report = JSON.parse(stdout);
    assert.equal(report.status, 'exact', report.reason);
    assert.equal(report.certificate.verdict, 'holds');
    assert.equal(report.training.order.length, name === 'update_steps' ? 5 : 6);
    const result = score(
      readBatch(join(at(name), 'reconstruction.safetensors')),
      readBatch(fixture(`${name}.batch.safetensors`)),
    );
    assert.equal(result.labelAccuracy, 1);
    assert.ok(result.mse.max < 1e-9, `${result.mse.max}`);
  }
  const [start, end] = ['before', 'after'].map((part) => readModel(fixture(`update_steps.${part}.safetensors`)));
  const gradients = gradientDifference(end?.dense ?? [], start?.dense ?? []);
  writeGradient(at('moved.safetensors'), { gradients, reduction: 'mean', precision: 'float32' });
  const { stdout } = exan(...local('update_steps', '--update', at('moved.safetensors'), '--steps', '5'));
  assert.equal(JSON.parse(stdout).status, 'exact');
  const wrong = exan(...local('update_steps', '--update', at('moved.safetensors'), '--steps', '4', '--seconds', '2'));
  assert.equal(JSON.parse(wrong.stdout).status, 'partial');
});
test('exan audit --after infers what is not given of the steps, and says so', () => {
  const files = (name: string) =>
    [
      '--model',
      fixture(`${name}.before.safetensors`),
      '--after',
      fixture(`${name}.after.safetensors`),
      '--json',
    ] as const;
  const { stdout, stderr } = exan('audit', ...files('update_steps'));
  assert.equal(stderr, '');
  const report = JSON.parse(stdout);
  assert.equal(report.status, 'exact', report.reason);
  assert.equal(report.certificate.verdict, 'holds');
  assert.match(report.reason, /inferred: 5 steps at rate 0\.1 \(within /);
  assert.deepEqual(report.training.inferred, ['rate', 'epochs']);
  const heavy = exan('audit', ...files('update_momentum'), '--rate', '0.05', '--momentum', '0.9');
  const { status, training, certificate } = JSON.parse(heavy.stdout);
  assert.deepEqual([status, training.epochs, training.batchSize, certificate.verdict], ['exact', 2, 3, 'holds']);
});
test('exan audit says which options belong together', () => {
  const after = ['--after', fixture('update_steps.after.safetensors')];
  const model = ['audit', '--model', fixture('update_steps.before.safetensors')];
  refused(/got 0 of --gradient, --after and --update/, ...model);
  refused(/got 2 of --gradient, --after and --update/, ...model, ...after, '--gradient', 'g');
  refused(/--rate belongs to the local steps/, ...model, '--gradient', 'g', '--rate', '1');
  refused(/--optimiser belongs to the local steps/, ...model, '--gradient', 'g', '--optimiser', 'sgd');
  refused(/either --steps, on the whole local batch, or --epochs/, ...model, ...after, '--steps', '5', '--batch', '2');
  refused(/--optimiser is adam, .*Adam divides every weight's gradient/, ...model, ...after, '--optimiser', 'adam');
  refused(/Expected a number in \[0, 1\)/, ...model, ...after, '--momentum', '1');
  refused(/--scale and --box belong to a gradient/, ...model, ...after, '--rate', '1', '--steps', '5', '--scale', '2');
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
test('exan audit --box is a prior that the report names where the search used it, and is refused where it would not be used', () => {
  const { code, stdout } = auditFixture('pursuit', '--box', '-100,100');
  assert.equal(code, 0);
  const { prior, setup } = JSON.parse(stdout);
  assert.equal(prior, 'every input lies in [-100, 100], as told');
  assert.deepEqual(setup.find((fact: { name: string }) => fact.name === 'prior').given, 'yes');
  refused(
    /box is a prior for networks of one hidden ReLU layer/,
    ...['audit', '--model', fixture('two_hidden.model.safetensors')],
    ...['--gradient', fixture('two_hidden.gradient.safetensors'), '--box', '0,1'],
  );
  refused(/'--box <low,high>' argument '1,0' is invalid/, ...auditOf('g'), '--box', '1,0');
});
