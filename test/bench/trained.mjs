// Trained networks and gradients computed in float32 as frameworks do: what is recovered, and what is claimed and not so (exit code 1).
// Usage: node test/bench/trained.mjs [--batches 15] [--seconds 10], after npm run build
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { captureGradient, certify, data, matchBatches, mlp, reconstruct, train } = require('../../dist/index.js');
const { inFloat32 } = require('../../dist/model/inFloat32.js');
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv.splice(at, 2)[1]);
};
const batches = option('batches', 15);
const seconds = option('seconds', 10);
const print = (line) => process.stdout.write(`${line}\n`);
const digits = await data.mnist();
const total = { batches: 0, samples: 0, recovered: 0, wrong: 0, refused: 0, doubted: 0 };
print(
  '| steps | M | reduction | exact batches | samples exact or within three bars | certificate of the truth fails | s median |',
);
print('|---|---|---|---|---|---|---|');
for (const steps of [300, 1500]) {
  const model = await trained(steps);
  for (const size of [2, 4, 8, 16]) for (const reduction of ['mean', 'sum']) measure(model, steps, size, reduction);
}
print(
  Object.entries(total)
    .map(([name, count]) => `${count} ${name}`)
    .join(', '),
);
process.exitCode = total.wrong + total.refused > 0 ? 1 : 0;

/** 784-128-10, rate 0.3; weights as a framework has them, in float32. */
async function trained(steps) {
  const start = mlp({ widths: [784, 128, 10], seed: 1 });
  const { model } = await train(start, digits, { steps, rate: 0.3, batchSize: 32, seed: 1 });
  return inFloat32(model);
}

function measure(model, steps, size, reduction) {
  let [exact, recovered, doubted] = [0, 0, 0];
  const times = [];
  for (let seed = 1; seed <= batches; seed++) {
    const secret = digits.draw({ size, seed: 100 * size + seed });
    const gradient = captureGradient(model, secret, { precision: 'float32', reduction });
    const found = reconstruct(model, gradient, { seconds });
    times.push(found.seconds);
    if (found.status === 'exact') exact++;
    if (found.status === 'inconsistent') total.refused++;
    if (certify(model, gradient, secret).verdict !== 'holds') doubted++;
    const { within, wrong } = judged(secret, found);
    recovered += within;
    total.wrong += wrong;
  }
  total.batches += batches;
  total.samples += batches * size;
  total.recovered += recovered;
  total.doubted += doubted;
  const median = times.sort((a, b) => a - b)[times.length >> 1].toFixed(2);
  print(
    `| ${steps} | ${size} | ${reduction} | ${exact}/${batches} | ${recovered}/${batches * size} | ${doubted} | ${median} |`,
  );
}

/** Samples that are so within three error bars, and samples or batches called exact that are not. */
function judged({ inputs, labels }, { status, samples, batchSize }) {
  const known = samples.filter((s) => s.input && s.error !== undefined);
  if (known.length === 0) return { within: 0, wrong: 0 };
  const values = Float64Array.from(known.flatMap((s) => [...s.input]));
  const batch = {
    inputs: { rows: known.length, columns: inputs.columns, data: values },
    labels: Int32Array.from(known, (s) => s.label),
  };
  let [within, wrong] = [0, status === 'exact' && batchSize !== labels.length ? 1 : 0];
  for (const { found, truth, mse } of matchBatches(batch, { inputs, labels })) {
    const right = batch.labels[found] === labels[truth];
    if (right && Math.sqrt(mse) <= 3 * known[found].error) within++;
    const x = inputs.data.subarray(truth * inputs.columns, (truth + 1) * inputs.columns);
    const size = x.reduce((sum, v) => sum + v * v, 0) / x.length;
    if (known[found].status === 'exact' && !(right && mse <= 1e-6 * size)) wrong++;
  }
  return { within, wrong };
}
