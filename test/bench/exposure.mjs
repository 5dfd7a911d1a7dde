// Times of the analysis: node test/bench/exposure.mjs, after tsc -p test/tsconfig.json. Nothing here is asserted.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { data, exposure, localIdentifiability, mlp, witness } = require('../../build/src/index.js');
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
