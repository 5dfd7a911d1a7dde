// Whole batches of convolutional networks on CIFAR-10 and MNIST, float32 gradients: a table on standard output.
// Usage: node test/bench/conv.mjs [case …] [--seeds 3] [--first 0] [--seconds 600] [--torch] [--prototype]; needs `npm run build` and the
// data folder (EXAN_DATA). With --torch gradients are PyTorch's, as they always are for trained networks; --prototype runs the Python
// prototype beside it, which is not in the repository, where it has the same network. PYTHON names an interpreter with PyTorch.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const exan = createRequire(import.meta.url)('../../dist/index.js');
const { captureGradient, convNet, data, forward, hasInput, lenet, reconstructAsync, vgg13 } = exan;
const print = (line) => process.stdout.write(`${line}\n`);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv.splice(at, 2)[1]);
};
const [seeds, first, seconds] = [option('seeds', 3), option('first', 0), option('seconds', 600)];
const [prototype, torch] = ['--prototype', '--torch'].map((flag) => process.argv.includes(flag));
const here = dirname(fileURLToPath(import.meta.url));
const script = join(here, '../../../shared/reference/conv.py');

const input = { channels: 3, height: 32, width: 32 };
const blocks = [64, 64, 'maxPool', 128, 128, 'maxPool', 256, 256, 'maxPool'];
const strided = [
  ...[64, { filters: 64, stride: 2 }, 128, { filters: 128, stride: 2 }, 256, { filters: 256, stride: 2 }],
  ...[512, { filters: 512, stride: 2 }, 512, { filters: 512, stride: 2 }],
];
const cases = {};
for (const init of ['he', 'torchvision'])
  for (const size of [1, 2, 4, 8, 16, 32])
    cases[`vgg13-${init}-${size}`] = {
      size,
      net: (seed) => vgg13({ init, seed }),
      theirs: ['--net', 'vgg13', '--head', '512', '--init', init],
    };
for (const size of [1, 8])
  cases[`blocks-${size}`] = {
    size,
    net: (seed) => convNet({ input, plan: blocks, head: [256], init: 'he', seed }),
    theirs: ['--net', 'vgg7', '--head', '256', '--init', 'he'],
  };
cases['strides-4'] = { size: 4, net: (seed) => convNet({ input, plan: strided, head: [512], init: 'he', seed }) };
cases['trained-4'] = { size: 4, net: (seed) => vgg13({ init: 'he', seed }), accuracy: 0.7 };
for (const size of [1, 2, 4, 8])
  cases[`lenet-${size}`] = { size, digits: true, net: (seed) => lenet({ init: 'he', seed }) };

const unknown = process.argv.slice(2).filter((a) => !a.startsWith('--') && !(a in cases));
if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(' ')}; cases are ${Object.keys(cases).join(' ')}`);
const asked = process.argv.slice(2).filter((a) => a in cases);
const pictures = asked.length > 0 && asked.every((name) => cases[name].digits) ? null : await data.cifar10();
const digits = await data.mnist();
print(
  '| case | seed | status | solved | worst MSE | convolutions read | features at the last hop, relative error | seconds | prototype |',
);
print('|---|---|---|---|---|---|---|---|---|');
for (const name of asked.length > 0 ? asked : Object.keys(cases))
  for (let seed = first; seed < first + seeds; seed++) await report(name, seed);

async function report(name, seed) {
  const { size, net, theirs, digits: black, accuracy } = cases[name];
  const drawn = (black ? digits : pictures).draw({ size, seed });
  const secret = black ? drawn : data.channelsFirst(drawn);
  const { model, gradient, note } = torch || accuracy ? byTorch(net(seed), secret, accuracy) : byUs(net(seed), secret);
  const found = await reconstructAsync(model, gradient, { seconds });
  const { solved, worst, features } = compared(model, secret, found);
  const { steps = [], lastHop, stopped } = found.stack ?? {};
  const hop = lastHop ? `, last hop ${lastHop.solved}/${lastHop.samples}` : '';
  const other = prototype && theirs && existsSync(script) ? beside(theirs, size, seed) : '-';
  print(
    `| ${name} | ${seed} | ${found.status} | ${solved}/${size} | ${shown(worst)} | ${steps.length}${hop} | ${shown(features)} | ${found.seconds.toFixed(1)} | ${other} |${found.status === 'exact' ? '' : ` ${found.reason}; ${stopped}`}${note}`,
  );
}

function byUs(model, secret) {
  return { model, gradient: captureGradient(model, secret, { precision: 'float32' }), note: '' };
}

/** The same by PyTorch, after training on all pictures where an accuracy is asked for. */
function byTorch(net, secret, accuracy) {
  const folder = mkdtempSync(join(tmpdir(), 'exan-conv-'));
  const [weights, architecture, shared, batch, train] = [
    ...['model.safetensors', 'architecture.json', 'gradient.safetensors', 'batch.safetensors', 'train.safetensors'],
  ].map((name) => join(folder, name));
  try {
    exan.writeConvNet(weights, architecture, net, { dtype: 'F32' });
    exan.writeBatch(batch, secret);
    if (accuracy) exan.writeBatch(train, data.channelsFirst(pictures.draw({ size: pictures.labels.length })));
    const args = [join(here, 'conv_torch.py'), folder, ...(accuracy ? [String(accuracy)] : [])];
    const told = execFileSync(process.env.PYTHON ?? 'python3', args)
      .toString()
      .trim();
    const model = exan.readConvNet(weights, architecture);
    const gradient = exan.readGradient(shared, { architecture, model: weights });
    return { model, gradient, note: accuracy ? ` ${told}` : '' };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Samples within 1e-6 of their squared size, the worst of all that have an input, and what their features are off. */
function compared(model, { inputs, labels }, found) {
  const level = found.stack?.level ?? -1;
  let [solved, worst, features] = [0, 0, 0];
  const d = inputs.columns;
  const row = (m) => inputs.data.subarray(m * d, (m + 1) * d);
  const known = found.samples.filter(hasInput);
  if (known.length === 0) return { solved, worst: undefined, features: undefined };
  for (const { input: x, label } of known) {
    const own = [...labels.keys()].filter((m) => labels[m] === label).map((m) => ({ m, e: square(x, row(m)) / d }));
    const { m, e } = own.reduce((a, b) => (b.e < a.e ? b : a), { m: -1, e: Number.POSITIVE_INFINITY });
    worst = Math.max(worst, e);
    if (m < 0) continue;
    if (e <= (1e-6 * square(row(m))) / d) solved++;
    if (!(level > 0)) continue;
    const [a, b] = [x, row(m)].map(
      (v) => forward(model, { rows: 1, columns: d, data: Float64Array.from(v) }).values[level].data,
    );
    features = Math.max(features, Math.sqrt(square(a, b) / square(b)));
  }
  return { solved, worst, features: level > 0 ? features : undefined };
}

function square(x, y) {
  return x.reduce((sum, v, k) => sum + (v - (y?.[k] ?? 0)) ** 2, 0);
}

function shown(value) {
  return value === undefined ? '-' : value.toExponential(0);
}

/** Its own network and batch, of the same shape; the head's features are given to it. */
function beside(theirs, size, seed) {
  const args = [script, ...theirs, '--batch', String(size), '--seed', String(seed), '--f32'];
  const start = performance.now();
  const text = execFileSync(process.env.PYTHON ?? 'python3', args, { maxBuffer: 1e8 }).toString();
  const last = text.trim().split('\n').at(-1).trim();
  return `${last.replace(/\s+/g, ' ')}; ${((performance.now() - start) / 1e3).toFixed(0)} s`;
}
