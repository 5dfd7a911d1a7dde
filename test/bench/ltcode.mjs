// The LT-code paper's setting (Shariati & Meybodi 2026, passive): one hidden layer of 1000 neurons, weights N(0, 0.5²), biases that are
// zero, float64. Share of the batch that peeling and exan recover (mean squared error below 1e-6), beside what the paper prints.
// Usage: node test/bench/ltcode.mjs [size …] [--data mnist,cifar10] [--seeds 1] [--seconds 30] [--head paper|pytorch] [--alone], after
// npm run build; CIFAR-10 from EXAN_DATA. --alone leaves exan out. --head pytorch draws the head as PyTorch does, which keeps the
// softmax open; with weights of 0.5 it is saturated, and samples of which it is certain leave no gradient.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const {
  baselines,
  captureGradient,
  data,
  hasInput,
  matchBatches,
  mlp,
  mlpOf,
  reconstructAsync,
} = require('../../dist/index.js');
const { normal, rng } = require('../../dist/math/rng.js');
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv.splice(at, 2)[1];
};
const flag = process.argv.indexOf('--alone');
const alone = flag >= 0 && process.argv.splice(flag, 1).length > 0;
const sets = option('data', 'mnist,cifar10').split(',');
const seeds = Number(option('seeds', 1));
const seconds = Number(option('seconds', 30));
const head = option('head', 'paper');
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [64, 128, 256, 384];
/** Printed by the paper for 128 samples. */
const printed = { mnist: { 128: 0.02 }, cifar10: { 128: 0.67 } };

const header = '| data | M | without a trace | printed | peeling | false | rounds, s | exan | exan says, s |';
process.stdout.write(`${header}\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n`);
for (const set of sets) {
  const all = await data[set]();
  for (const size of sizes) for (let seed = 1; seed <= seeds; seed++) await measure(set, all, size, seed);
}

async function measure(set, all, size, seed) {
  const secret = all.draw({ size, seed });
  const model = network(secret.inputs.columns, seed);
  const gradient = captureGradient(model, secret);
  const peeled = await baselines.ltPeeling(model, gradient, { seconds });
  const byPeeling = recovered(peeled, secret);
  const rounds = /in (\d+) rounds/.exec(peeled.reason)?.[1] ?? '-';
  const cells = [
    ...[set, size, untraced(model, secret), printed[set]?.[size] ?? '-', (byPeeling / size).toFixed(2)],
    ...[peeled.inputs.rows - byPeeling, `${rounds}, ${peeled.seconds.toFixed(1)}`],
    ...(alone ? ['-', '-'] : await ours(model, gradient, secret)),
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

/** Share that exan recovers; its status and seconds. */
async function ours(model, gradient, secret) {
  const found = await reconstructAsync(model, gradient, { seconds });
  const inputs = found.samples.filter(hasInput).map((s) => s.input);
  const values = Float64Array.from(inputs.flatMap((x) => [...x]));
  const own = { inputs: { rows: inputs.length, columns: secret.inputs.columns, data: values }, labels: [] };
  const share = recovered(own, secret) / secret.labels.length;
  return [share.toFixed(2), `${found.status}, ${found.seconds.toFixed(1)}`];
}

/** Weights from N(0, 0.5²) and biases of zero. */
function network(width, seed) {
  const uniform = rng(seed);
  const layer = (rows, columns) => ({
    weight: { rows, columns, data: Float64Array.from({ length: rows * columns }, () => 0.5 * normal(uniform)) },
    bias: new Float64Array(rows),
  });
  const first = layer(1000, width);
  const last = head === 'paper' ? layer(10, 1000) : mlp({ widths: [2, 1000, 10], seed }).dense[1];
  return mlpOf([first, last]);
}

/** Samples whose own gradient is lost in the rounding of the batch's: the softmax is certain of their label. */
function untraced(model, { inputs, labels }) {
  const sizeOf = (m) => {
    const one = {
      rows: 1,
      columns: inputs.columns,
      data: inputs.data.slice(m * inputs.columns, (m + 1) * inputs.columns),
    };
    const { bias } = captureOne(model, one, labels[m]);
    return Math.hypot(...bias);
  };
  const all = Array.from(labels, (_, m) => sizeOf(m));
  return all.filter((v) => v < 1e-12 * Math.max(...all)).length;
}

/** The gradient of layer 0 for one sample; zero where its loss vector is. */
function captureOne(model, inputs, label) {
  return captureGradient(model, { inputs, labels: Int32Array.of(label) }).gradients[0];
}

/** True samples that a candidate is equal to. */
function recovered({ inputs, labels }, secret) {
  return matchBatches({ inputs, labels }, secret).filter((p) => p.mse < 1e-6).length;
}
