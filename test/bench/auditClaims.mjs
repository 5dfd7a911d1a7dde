/**
 * What `exan audit` says the update itself speaks for, held against the truth: random networks and batches under losses that nobody knows
 * (each sample's deltas are any numbers where its neurons fire), behind one disturbance each. Exit code 1 where a false input is called read.
 *
 * node test/bench/auditClaims.mjs [first] [cases] [--seconds 5]
 */
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const { mlp, data, defences } = require('../../dist/index.js');
const { readingsOf, confirmed } = require('../../dist/baselines/judged/readings.js');
const { rng, normal } = require('../../dist/math/rng.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '5' } },
});
const [first = 0, cases = 120] = positionals.map(Number);
const disturbances = {
  nothing: (g) => g,
  'float32 rounding': (g) => each(g, Math.fround),
  'noise 1e-3': (g, u) => each(g, (v) => v * (1 + 1e-3 * normal(u))),
  fp16: (g) => defences.quantise(g, 'fp16'),
  int8: (g) => defences.quantise(g, 'int8'),
  'prune 50 %': (g) => defences.prune(g, 0.5),
  sign: (g) => each(g, Math.sign),
  dropout: (g) => g,
  'the same sample twice': (g) => g,
};

function each({ gradients, ...rest }, f) {
  const map = (values) => values.map(f);
  return {
    ...rest,
    gradients: gradients.map(({ weight, bias }) => ({
      weight: { ...weight, data: map(weight.data) },
      bias: map(bias),
    })),
  };
}

/** A gradient whose layer 0 is the sum of any deltas on the neurons that fire, times [x, 1]; the layers above are noise. */
function gradientOf(model, inputs, u, kept) {
  const [layer] = model.dense;
  const { rows: n, columns: d } = layer.weight;
  const weight = { rows: n, columns: d, data: new Float64Array(n * d) };
  const bias = new Float64Array(n);
  for (let m = 0; m < inputs.rows; m++) {
    const x = inputs.data.subarray(m * d, (m + 1) * d);
    const share = Math.exp(normal(u));
    for (let j = 0; j < n; j++) {
      let z = layer.bias[j];
      for (let i = 0; i < d; i++) z += layer.weight.data[j * d + i] * x[i];
      if (z <= 0 || u() > kept) continue;
      const delta = share * normal(u);
      bias[j] += delta;
      for (let i = 0; i < d; i++) weight.data[j * d + i] += delta * x[i];
    }
  }
  const rest = model.dense.slice(1).map(({ weight: w, bias: b }) => ({
    weight: { ...w, data: w.data.map(() => normal(u)) },
    bias: b.map(() => normal(u)),
  }));
  return { gradients: [{ weight, bias }, ...rest], reduction: 'mean', precision: 'float64' };
}

const totals = {};
let wrong = 0;
for (let seed = first; seed < first + cases; seed++) {
  const u = rng(seed + 1);
  const names = Object.keys(disturbances);
  const name = names[seed % names.length];
  const pick = (list) => list[Math.floor(u() * list.length)];
  const [d, n, M] = [pick([12, 40, 120]), pick([24, 64, 160]), pick([1, 2, 4, 8, 12])];
  const model = mlp({ widths: [d, n, 6], seed, init: 'he' });
  const batch = (pick([true, false]) ? data.gaussian : data.uniform)({ size: M, dimension: d, classes: 6, seed });
  const { inputs } = batch;
  if (name === 'the same sample twice' && M > 1) inputs.data.copyWithin(0, d, 2 * d);
  const clean = gradientOf(model, inputs, u, name === 'dropout' ? 0.5 : 1);
  const gradient = disturbances[name](clean, u);
  const precise = name === 'float32 rounding' ? { ...gradient, precision: 'float32' } : gradient;
  const { readings } = await readingsOf(model, precise, [], { seconds: Number(values.seconds) });
  totals[name] ??= { cases: 0, samples: 0, read: 0, digits: 0, false: 0 };
  const total = totals[name];
  total.cases++;
  total.samples += M;
  for (const reading of readings.filter(confirmed)) {
    const errors = Array.from({ length: M }, (_, m) => {
      const x = inputs.data.subarray(m * d, (m + 1) * d);
      return Math.hypot(...reading.input.map((v, i) => v - x[i])) / Math.hypot(...x);
    });
    const error = Math.min(...errors);
    if (error > 0.2) {
      total.false++;
      wrong++;
      console.log(
        `seed ${seed}, ${name}, ${d}-${n}, M = ${M}: false by ${error.toFixed(2)} (${reading.attack}, ${JSON.stringify({ ...reading.evidence, pattern: reading.evidence.pattern && { silent: reading.evidence.pattern.silent, zeros: reading.evidence.pattern.zeros } })})`,
      );
    } else total.read++;
    if (error < 1e-3) total.digits++;
  }
}
console.table(totals);
process.exitCode = wrong > 0 ? 1 : 0;
