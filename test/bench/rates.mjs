// Success rate of pattern pursuit over seeds (net and batch both new each time): a table on standard output, and exit code
// 1 when a batch was called exact that is not. Usage: node test/bench/rates.mjs [--seeds 20] [--seconds 60] [size …]
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { captureGradient, data, matchBatches, mlp, reconstruct } = require('../../dist/index.js');
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv.splice(at, 2)[1]);
};
const seeds = option('seeds', 20);
const seconds = option('seconds', 60);
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [32, 64, 96, 128];
const digits = await data.mnist();
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
let wrong = 0;
process.stdout.write('| M | precision | exact | s median | s most | worst MSE |\n|---|---|---|---|---|---|\n');
for (const size of sizes)
  for (const precision of ['float32', 'float64']) {
    const times = [];
    let exact = 0;
    let worst = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const model = mlp({ widths: [784, 512, 10], seed });
      const secret = digits.draw({ size, seed });
      const gradient = captureGradient(model, secret, { precision });
      const found = reconstruct(model, gradient, { methods: ['pursuit'], seconds });
      times.push(found.seconds);
      if (found.status !== 'exact') continue;
      exact++;
      const error = worstError(secret, found.samples);
      worst = Math.max(worst, error);
      if (!(error < 1e-6)) wrong++;
    }
    const most = Math.max(...times).toFixed(1);
    process.stdout.write(
      `| ${size} | ${precision} | ${exact}/${seeds} | ${median(times).toFixed(1)} | ${most} | ${worst.toExponential(0)} |\n`,
    );
  }
process.stdout.write(`exact but wrong: ${wrong}\n`);
process.exitCode = wrong > 0 ? 1 : 0;

/** Largest mean squared error over the true samples, infinite when one is missing or has the wrong label. */
function worstError({ inputs, labels }, samples) {
  const columns = inputs.columns;
  const values = Float64Array.from(samples.flatMap((s) => [...s.input]));
  const found = { inputs: { rows: samples.length, columns, data: values }, labels: samples.map((s) => s.label) };
  const pairs = matchBatches(found, { inputs, labels });
  if (pairs.length < labels.length) return Number.POSITIVE_INFINITY;
  return Math.max(...pairs.map((p) => (found.labels[p.found] === labels[p.truth] ? p.mse : Number.POSITIVE_INFINITY)));
}
