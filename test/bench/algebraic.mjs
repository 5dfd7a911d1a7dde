// How far the rivals by algebra and statistics go: LT peeling, SPEAR, dictionary learning, the Cocktail Party Attack and R-GAP.
// Usage: node test/bench/algebraic.mjs [attack …] [--seeds 2] [--seconds 60], after npm run build; CIFAR-10 from EXAN_DATA.
// Exact: mean squared error below 1e-10; visible: below 1e-2 (20 dB). Sums over the seeds; net and batch are new for each.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const {
  baselines,
  captureGradient,
  convNetOf,
  data,
  matchBatches,
  mlp,
  mlpOf,
  outputShape,
} = require('../../dist/index.js');
const { initialiseKernels, initialiseLinear } = require('../../dist/model/initialiseConv.js');
const { rng } = require('../../dist/math/rng.js');
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv.splice(at, 2)[1]);
};
const seeds = option('seeds', 2);
const seconds = option('seconds', 60);
const only = process.argv.slice(2);

const [digits, photos] = [await data.mnist(), await data.cifar10()];
const dense = (set, widths) => (size, seed) => ({ model: mlp({ widths, seed }), secret: set.draw({ size, seed }) });
const mnist = dense(digits, [784, 512, 10]);
const cifar = dense(photos, [3072, 512, 10]);
const digit = { image: { height: 28, width: 28, channels: 1 }, bounds: [0, 1] };
const photo = { image: { height: 32, width: 32, channels: 3 }, bounds: [0, 1] };
const tuned = { iterations: 3000, rate: 0.01 };
const leaky = { kind: 'leakyRelu', slope: 0.2 };
const [gray, colour] = [
  { channels: 1, height: 28, width: 28 },
  { channels: 3, height: 32, width: 32 },
];
const lenet = [
  [12, 5, 2, 2],
  [12, 5, 2, 2],
  [12, 5, 1, 2],
];
const cnn6 = [
  [12, 4, 2, 2],
  [36, 3, 2, 1],
  [36, 3, 1, 1],
  [36, 3, 1, 1],
  [64, 3, 2, 1],
  [128, 3, 1, 1],
];

const cases = [
  ...[32, 64, 128].map((size) => ['ltPeeling', 'MNIST 784-512-10', mnist, size]),
  ...[4, 8, 12, 14, 16].map((size) => ['spear', 'MNIST 784-512-10', mnist, size]),
  ...[4, 8, 16, 24].map((size) => ['dictionary', 'MNIST 784-512-10', mnist, size]),
  ['cocktailParty', "MNIST 784-512-10, the authors' settings", mnist, 8, { ...digit, from: 'whitened' }],
  ...[8, 16, 32].map((size) => ['cocktailParty', 'MNIST 784-512-10, tuned', mnist, size, { ...digit, ...tuned }]),
  ...[8, 32].map((size) => ['cocktailParty', 'CIFAR-10 3072-512-10, tuned', cifar, size, { ...photo, ...tuned }]),
  ['rgap', 'LeNet with strides, sigmoid, MNIST', one(digits, gray, lenet, { kind: 'sigmoid' }), 1],
  ['rgap', 'LeNet with strides, sigmoid, CIFAR-10', one(photos, colour, lenet, { kind: 'sigmoid' }), 1],
  ['rgap', 'CNN6 of its authors, leaky ReLU, CIFAR-10', one(photos, colour, cnn6, leaky), 1],
  ['rgap', 'the same with ReLU', one(photos, colour, cnn6, { kind: 'relu' }), 1],
];

process.stdout.write(
  '| attack | case | M | exact | visible | median dB | labels | s |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n',
);
for (const [attack, name, setting, size, options] of cases)
  if (only.length === 0 || only.includes(attack)) await report(attack, name, setting, size, options);

async function report(attack, name, setting, size, options = {}) {
  const [errors, times] = [[], []];
  let right = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { model, secret } = setting(size, seed);
    const found = await baselines[attack](model, captureGradient(model, secret), { seconds, ...options });
    const pairs = matchBatches({ inputs: found.inputs, labels: found.labels }, secret);
    errors.push(...pairs.map((p) => p.mse), ...new Array(size - pairs.length).fill(Number.POSITIVE_INFINITY));
    right += pairs.filter((p) => found.labels[p.found] === secret.labels[p.truth]).length;
    times.push(found.seconds);
  }
  errors.sort((a, b) => a - b);
  const of = (count) => `${count}/${size * seeds}`;
  const below = (most) => of(errors.filter((e) => e < most).length);
  const middle = (-10 * Math.log10(errors[errors.length >> 1])).toFixed(0);
  const cells = [attack, name, size, below(1e-10), below(1e-2), middle.replace('-Infinity', '-'), of(right)];
  process.stdout.write(`| ${[...cells, times.map((t) => t.toFixed(1)).join(', ')].join(' | ')} |\n`);
}

/** A network of convolutions (filters, kernel, stride, padding) without biases, and one picture. */
function one(set, input, convolutions, activation) {
  return (size, seed) => {
    const uniform = rng(seed);
    let shape = input;
    const stack = convolutions.flatMap(([out, kernel, stride, padding]) => {
      const { weight } = initialiseKernels('he', { out, channels: shape.channels, kernel }, uniform);
      const layer = { kind: 'conv2d', input: shape, kernel, stride, padding, weight };
      shape = outputShape(layer);
      return [layer, activation];
    });
    const { weight } = initialiseLinear('he', shape.channels * shape.height * shape.width, 10, uniform);
    return {
      model: convNetOf(input, stack, mlpOf([{ weight }])),
      secret: data.channelsFirst(set.draw({ size, seed })),
    };
  };
}
