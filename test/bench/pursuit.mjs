// Pattern pursuit beside the prototype, each case on the same batch, one after the other: a table on standard output.
// Usage: node test/bench/pursuit.mjs [name …] [--alone] [--embedded] [--seconds N]; needs `npm run build`, and data (EXAN_DATA or
// ../shared/data) but for --embedded: MNIST cases alone, of the digits that come with the library, which is also what runs where there
// is no such folder. PYTHON names an interpreter with NumPy. --alone leaves out the prototype, which is not in the repository.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doubles } from './doubles.mjs';
import { worstError } from './worstError.mjs';

const print = (line) => process.stdout.write(`${line}\n`);
const here = dirname(fileURLToPath(import.meta.url));
const { data: sets, mlpOf, reconstruct, reconstructAsync } = createRequire(import.meta.url)('../../dist/index.js');
const folder = process.env.EXAN_DATA ?? [join(here, '../../data'), join(here, '../../../shared/data')].find(existsSync);
const embedded = process.argv.includes('--embedded') || folder === undefined;
const data = embedded ? mkdtempSync(join(tmpdir(), 'exan-digits-')) : folder;
const reference = join(here, '../../../shared/reference');
const argument = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const seconds = argument('seconds', 60);
const alone = process.argv.includes('--alone');

const cases = {
  'mnist64-f32': { data: 'mnist', hidden: [512], batch: 64, precision: 'float32' },
  'mnist64-f64': { data: 'mnist', hidden: [512], batch: 64 },
  'mnist128-f32': { data: 'mnist', hidden: [512], batch: 128, precision: 'float32' },
  'mnist192-f64': { data: 'mnist', hidden: [512], batch: 192 },
  'mnist192-f32': { data: 'mnist', hidden: [512], batch: 192, precision: 'float32' },
  'mnist224-f64': { data: 'mnist', hidden: [512], batch: 224 },
  'mnist224-f32': { data: 'mnist', hidden: [512], batch: 224, precision: 'float32' },
  'mnist240-f64': { data: 'mnist', hidden: [512], batch: 240 },
  'mnist240-f32': { data: 'mnist', hidden: [512], batch: 240, precision: 'float32' },
  'mnist256-f64': { data: 'mnist', hidden: [512], batch: 256 },
  'mnist256-box': { data: 'mnist', hidden: [512], batch: 256, box: [0, 1] },
  'cifar192-f64': { data: 'cifar10', hidden: [512], batch: 192 },
  'mnist384-w1024': { data: 'mnist', hidden: [1024], batch: 384 },
  'mnist64-trained2000': { data: 'mnist', hidden: [512], batch: 64, train: 2000 },
  'mnist32-trained': { data: 'mnist', hidden: [512], batch: 32, train: 1000 },
  'mnist64-trained': { data: 'mnist', hidden: [512], batch: 64, train: 1000 },
  'mnist32-trained300-f32': { data: 'mnist', hidden: [512], batch: 32, train: 300, precision: 'float32' },
  'cifar64-deep': { data: 'cifar10', hidden: [512, 512, 512, 512], batch: 64 },
  'fundus32-f32': { data: 'retina', hidden: [512], batch: 32, precision: 'float32' },
  'fundus64-f32': { data: 'retina', hidden: [512], batch: 64, precision: 'float32' },
  'isic64-f32': { data: 'isic', hidden: [512], batch: 64, precision: 'float32' },
  'location96-f32': { data: 'location30', hidden: [512], batch: 96, precision: 'float32' },
  'cifar128-f32': { data: 'cifar10', hidden: [512], batch: 128, precision: 'float32' },
  'mnist256-w1024': { data: 'mnist', hidden: [1024], batch: 256 },
};

const asked = process.argv.slice(2).filter((a) => a in cases);
const all = asked.length > 0 ? asked : Object.keys(cases);
const names = all.filter((name) => !embedded || cases[name].data === 'mnist');
if (names.length < all.length)
  process.stderr.write(`without a data folder, left out: ${all.filter((name) => !names.includes(name)).join(', ')}\n`);
if (embedded) {
  mkdirSync(join(data, 'mnist'));
  sets.writeNpz(join(data, 'mnist', 'mnist.npz'), await sets.mnist());
}
print(
  '| case | prototype: found, s wall, s cpu, MSE | here: status, inputs found, s wall, s cpu, worst MSE (labels right), residual | all cores: s wall |',
);
print('|---|---|---|---|');
try {
  for (const name of names) await report(name, { ...cases[name], seconds, prototype: !alone });
} finally {
  if (embedded) rmSync(data, { recursive: true });
}

async function report(name, settings) {
  const folder = mkdtempSync(join(tmpdir(), 'exan-bench-'));
  try {
    const file = join(folder, 'case.bin');
    const scripts = [join(here, 'prototype.py'), reference, data, JSON.stringify(settings), file];
    const theirs = JSON.parse(execFileSync(process.env.PYTHON ?? 'python3', scripts, { maxBuffer: 1e8 }).toString());
    const { model, gradient, inputs, labels } = read(file, theirs.widths, settings);
    const before = process.cpuUsage();
    const options = { methods: ['pursuit'], seconds, ...(settings.box && { box: settings.box }) };
    const found = reconstruct(model, gradient, options);
    const { user, system } = process.cpuUsage(before);
    const theirRow = alone
      ? '-'
      : `${theirs.found}/${theirs.rank}, ${theirs.seconds.toFixed(2)}, ${theirs.cpu.toFixed(2)}, ${theirs.mse?.toExponential(0) ?? '-'}`;
    const known = found.samples.filter((s) => s.input);
    const ours = `${found.status} ${known.length}/${found.samples.length}, ${found.seconds.toFixed(2)}, ${((user + system) / 1e6).toFixed(2)}, ${worst(known, inputs, labels)}, ${found.residual.toExponential(0)}, ${found.search.starts} starts`;
    const threads = await reconstructAsync(model, gradient, options);
    const fast = `${threads.status} ${threads.seconds.toFixed(2)}`;
    print(`| ${name} | ${theirRow} | ${ours} | ${fast} |${found.status === 'exact' ? '' : ` ${found.reason}`}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file, widths, { precision = 'float64', batch }) {
  const { take, matrix } = doubles(file);
  const layers = [];
  const gradients = [];
  for (let i = 1; i < widths.length; i++)
    for (const list of [layers, gradients])
      list.push({ weight: matrix(widths[i], widths[i - 1]), bias: take(widths[i]) });
  const inputs = matrix(batch, widths[0]);
  return {
    model: mlpOf(layers),
    gradient: { gradients, reduction: 'mean', precision },
    inputs,
    labels: take(batch),
  };
}

function worst(samples, inputs, labels) {
  return samples.length === 0 ? '-' : worstError(samples, inputs, labels).toExponential(0);
}
