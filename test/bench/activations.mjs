// Pattern pursuit under other activations, on the embedded digits: status, worst error, starts, seconds, certificate per case and seed.
// Usage: node test/bench/activations.mjs [case …] [--seeds 3] [--seconds 60], after npm run build
import { createRequire } from 'node:module';
import { option, print } from './campaign.mjs';

const exan = createRequire(import.meta.url)('../../dist/index.js');
const [seeds, seconds] = [option('seeds', 3), option('seconds', 60)];
const leaky = (slope) => ({ kind: 'leakyRelu', slope });
const wide = { widths: [784, 512, 10] };
const relu6 = { kind: 'relu6' };

/** `saturated`: what the weights below each hidden layer are multiplied by, so that neurons reach the upper end */
const cases = {
  'leaky 0.01, M = 64': { ...wide, activation: leaky(0.01), size: 64 },
  'leaky 0.1, M = 64': { ...wide, activation: leaky(0.1), size: 64 },
  'leaky 0.3, M = 64': { ...wide, activation: leaky(0.3), size: 64 },
  'leaky 0.9, M = 8': { ...wide, activation: leaky(0.9), size: 8 },
  'leaky 0.9, M = 64': { ...wide, activation: leaky(0.9), size: 64 },
  'leaky 0.1, M = 128': { ...wide, activation: leaky(0.1), size: 128 },
  'leaky 0.01, 784-512-512-256-10, M = 32': { widths: [784, 512, 512, 256, 10], activation: leaky(0.01), size: 32 },
  'leaky 0.01 trained 300 steps, M = 32': { ...wide, activation: leaky(0.01), size: 32, steps: 300 },
  'leaky 0.2 trained 1500 steps, M = 32': { ...wide, activation: leaky(0.2), size: 32, steps: 1500 },
  'ReLU6, a quarter at 6, M = 8': { ...wide, activation: relu6, size: 8, saturated: 60 },
  'ReLU6, 6 % at 6, M = 32': { ...wide, activation: relu6, size: 32, saturated: 20 },
  'ReLU6, 784-256-128-10, M = 32': { widths: [784, 256, 128, 10], activation: relu6, size: 32, saturated: 12 },
};

const digits = await exan.data.mnist();
const asked = process.argv.slice(2);
print('| case | precision | exact | worst MSE | starts | seconds |\n|---|---|---|---|---|---|');
for (const [name, one] of Object.entries(cases)) {
  if (asked.length > 0 && !asked.some((part) => name.includes(part))) continue;
  for (const precision of ['float64', 'float32']) {
    const all = [];
    for (let seed = 1; seed <= seeds; seed++) all.push(await run(one, precision, seed));
    const exact = all.filter(({ status }) => status === 'exact').length;
    const worst = Math.max(...all.map(({ mse }) => mse));
    const shown = (of) => all.map(of).join(', ');
    print(
      `| ${name} | ${precision} | ${exact} of ${seeds} | ${worst.toExponential(0)} | ${shown((a) => a.starts)} | ${shown((a) => a.seconds.toFixed(1))} |`,
    );
  }
}

async function run({ widths, activation, size, steps = 0, saturated }, precision, seed) {
  let model = exan.mlp({ widths, activation, seed });
  if (saturated) model = enlarged(model, saturated);
  if (steps > 0) ({ model } = await exan.train(model, digits, { steps, rate: 0.1 }));
  const secret = digits.draw({ size, seed });
  const gradient = exan.captureGradient(model, secret, { precision });
  const found = exan.reconstruct(model, gradient, { seconds });
  const whole = found.samples.every(exan.hasInput) && found.samples.length === size;
  const batch = whole ? exan.recovered(found) : null;
  const holds = batch && exan.certify(model, gradient, batch, found).verdict === 'holds';
  if (found.status === 'exact' && !holds) throw new Error(`seed ${seed}: exact, but the certificate fails`);
  const { status, search } = found;
  return {
    status,
    starts: search.starts,
    seconds: found.seconds,
    mse: batch ? exan.score(batch, secret).mse.max : Infinity,
  };
}

/** Logits stay small, so that samples do not become sure. */
function enlarged({ dense, activations }, factor) {
  const scaled = dense.map(({ weight, bias }, i) => {
    const by = i < dense.length - 1 ? factor : 0.1;
    return { weight: { ...weight, data: weight.data.map((v) => by * v) }, bias };
  });
  return exan.mlpOf(scaled, activations);
}
