// Times of the analysis: node test/bench/exposure.mjs [--convolutions], after tsc -p test/tsconfig.json; convolutional networks need the data
// folder (EXAN_DATA), and with --convolutions nothing else is run. Nothing here is asserted.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const {
  captureGradient,
  data,
  exposure,
  forward,
  hasInput,
  localIdentifiability,
  mlp,
  reconstruct,
  vgg13,
  witness,
} = require('../../build/src/index.js');
const { matrix } = require('../../build/src/math/matrix.js');
const { rng } = require('../../build/src/math/rng.js');

function uniformBatch(M, d0, K, seed) {
  const u = rng(seed);
  const inputs = matrix(
    M,
    d0,
    Float64Array.from({ length: M * d0 }, () => u()),
  );
  return { inputs, labels: Int32Array.from({ length: M }, () => Math.floor(u() * K)) };
}

async function time(name, work) {
  const start = performance.now();
  const said = await work();
  const seconds = ((performance.now() - start) / 1e3).toFixed(2);
  process.stdout.write(`${name}: ${seconds} s, ${said}, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB\n`);
}

if (process.argv.includes('--convolutions')) await convolutions();
else {
  await dense();
  await convolutions();
}

async function dense() {
  for (const [widths, M] of [
    [[3072, 512, 10], 16],
    [[3072, 512, 512, 10], 16],
    [[784, 512, 10], 64],
    [[784, 64, 10], 64],
    [[784, 32, 10], 64],
  ]) {
    const model = mlp({ widths, seed: 1 });
    const batch = uniformBatch(M, widths[0], widths.at(-1), 2);
    await time(`Jacobian rank ${widths.join('-')}, M = ${M}`, () => {
      const { rank, unknowns, counted, margin } = localIdentifiability(model, batch);
      return `rank ${rank} of ${unknowns}${counted ? '' : ' (upper bound)'}, margin ${margin.toExponential(1)}`;
    });
  }

  const digits = await data.mnist();
  for (const [widths, size] of [
    [[784, 512, 10], 8],
    [[784, 512, 10], 64],
    [[784, 512, 10], 192],
    [[784, 64, 10], 64],
    [[784, 32, 10], 64],
  ])
    await time(`exposure of MNIST ${widths.join('-')}, M = ${size}`, () => {
      const found = exposure(mlp({ widths, seed: 7 }), digits.draw({ size, seed: 1 }));
      return JSON.stringify({ ...found.counts, ...found.jacobian });
    });

  for (const [widths, size, options] of [
    [[784, 32, 10], 64, {}],
    [[784, 16, 10], 64, { bounds: [0, 1] }],
    [[784, 512, 10], 64, {}],
  ])
    await time(`witness on MNIST ${widths.join('-')}, M = ${size}, ${JSON.stringify(options)}`, () => {
      const { batch, ...found } = witness(mlp({ widths, seed: 7 }), digits.draw({ size, seed: 1 }), options);
      return JSON.stringify({ ...found, reason: undefined });
    });
}

/** VGG-13: how far apart the samples are, from the head down, which gate stops, and what the attack reads of the head. */
async function convolutions() {
  const pictures = await data.cifar10();
  const small = (v) => v.toExponential(1);
  for (const init of ['he', 'torchvision', 'pytorch'])
    for (const size of [1, 2, 4, 8, 16]) {
      const net = vgg13({ init, seed: 1 });
      const secret = data.channelsFirst(pictures.draw({ size, seed: 1 }));
      await time(`exposure of VGG-13, ${init}, M = ${size}`, () => {
        const { stops, exposed, systems, ...head } = exposure(net, secret);
        const exclusive = head.exclusive.map((mean) => mean.toFixed(1));
        const spread = systems.map((s) => small(s.spread)).join(' ');
        const error = systems[0].error ? small(systems[0].error.float32) : 'none';
        return `stopped by ${stops?.gate}, exposed ${exposed}, head: ${exclusive} exclusive neurons a sample, error ${error}; spread ${spread}`;
      });
      await time('  the attack on its head, float32', () => {
        const { gradients, ...shared } = captureGradient(net, secret, { precision: 'float32' });
        const found = reconstruct(
          net.head,
          { ...shared, gradients: gradients.slice(-net.head.dense.length) },
          { seconds: 20 },
        );
        const features = forward(net, secret.inputs).values[net.stack.length];
        return `${found.status}, ${found.samples.filter(hasInput).length} samples with features, ${rightOnes(found, features)} right to 1e-4`;
      });
    }
}

/** True samples of which an answer has the features to 1e-4 of their norm. */
function rightOnes(found, { rows, columns, data: truth }) {
  const known = found.samples.filter(hasInput);
  const norm = (v) => Math.hypot(...v);
  return Array.from({ length: rows }, (_, m) => truth.subarray(m * columns, (m + 1) * columns)).filter((x) =>
    known.some(({ input }) => norm(x.map((v, k) => v - input[k])) <= 1e-4 * norm(x)),
  ).length;
}
