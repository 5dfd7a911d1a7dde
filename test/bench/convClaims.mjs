// The claims campaign for networks with convolutions: as claims.mjs, and the certificate of batches that are a little wrong.
// Usage: node test/bench/convClaims.mjs [from] [to] [--open] [--seconds 5], after npm run build and tsc -p test/tsconfig.json
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { convCase, spoiled } = require('../../build/test/support/claims/convCase.js');
const { judgeClaims } = require('../../build/test/support/claims/judgeClaims.js');
const { captureGradient, certify, reconstruct } = require('../../build/src/index.js');
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv.splice(at, 2)[1]);
};
const seconds = option('seconds', 5);
const open = process.argv.includes('--open');
const [from = 0, to = from + 200] = process.argv
  .slice(2)
  .filter((a) => a !== '--open')
  .map(Number);
const print = (line) => process.stdout.write(`${line}\n`);

const counts = { cases: 0, samples: 0, recovered: 0, exact: 0, false: 0, refused: 0, crashed: 0, doubted: 0 };
const statuses = {};
const passed = {};
const ratios = new Map();
const times = [];
// a network that fires nowhere, or one that trained itself to death
const dead = ({ gradients }) =>
  gradients.some(({ weight }) => !weight.data.every(Number.isFinite) || weight.data.every((v) => v === 0));
for (let seed = from; seed < to; seed++) {
  const one = convCase(seed, open);
  if (dead(one.gradient)) continue;
  counts.cases++;
  counts.samples += one.secret.labels.length;
  const start = performance.now();
  try {
    const found = reconstruct(one.model, one.gradient, { seconds });
    times.push((performance.now() - start) / 1e3);
    judge(one, found);
    if (one.disturbed === 'no') doubt(one);
  } catch (error) {
    counts.crashed++;
    print(`${seed}: ${one.title}: ${error.stack}`);
  }
}
times.sort((a, b) => a - b);
const listed = (of) =>
  Object.entries(of)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
print(listed(counts));
print(`answers: ${listed(statuses)}`);
print(`certificate holds though there is: ${listed(passed)}`);
print(`seconds: median ${times[times.length >> 1]?.toFixed(2)}, most ${times.at(-1)?.toFixed(1)}`);
print(
  '| disturbance | samples with error bars | true error within three bars | median true error over bar |\n|---|---|---|---|',
);
for (const [name, all] of [...ratios].sort()) {
  all.sort((a, b) => a - b);
  const within = all.filter((r) => r <= 3).length / all.length;
  print(`| ${name} | ${all.length} | ${(100 * within).toFixed(1)} % | ${all[all.length >> 1].toPrecision(2)} |`);
}
process.exitCode = counts.false + counts.refused + counts.crashed > 0 ? 1 : 0;

function judge(one, found) {
  const { falseClaims, refused, recovered, ratios: own } = judgeClaims(one, found);
  counts.recovered += recovered;
  statuses[found.status] = (statuses[found.status] ?? 0) + 1;
  if (found.status === 'exact') counts.exact++;
  if (refused) {
    counts.refused++;
    print(`${one.seed}: ${one.title}: refused: ${found.reason}`);
  }
  if (falseClaims.length > 0) {
    counts.false++;
    print(`${one.seed}: ${one.title}: ${found.status}, ${falseClaims.join('; ')}`);
  }
  if (own.some((r) => r > 10))
    print(`${one.seed}: ${one.title}: ${found.status}, off by ${Math.max(...own).toPrecision(2)} bars`);
  for (const key of [one.disturbed, `${one.disturbed}, ${found.status}`])
    if (own.length > 0) ratios.set(key, [...(ratios.get(key) ?? []), ...own]);
}

/** The certificate of the truth, where nothing was done to the gradient, and of batches that are not the truth. */
function doubt(one) {
  const { verdict, worstRow } = certify(one.model, one.gradient, one.secret);
  if (verdict !== 'holds') {
    counts.doubted++;
    print(
      `${one.seed}: ${one.title}: the truth is doubted, its worst row is ${worstRow.toPrecision(2)} deviations off`,
    );
  }
  for (const { how, batch } of spoiled(one)) {
    passed[how] ??= 0;
    if (certify(one.model, one.gradient, batch).verdict !== 'holds') continue;
    // a pixel that no kernel sees, or that loses in every window, changes nothing: that is no fault of the certificate
    const shows = change(one.model, one.secret, batch);
    if (shows < (one.gradient.precision === 'float32' ? 1e-6 : 1e-13)) continue;
    passed[how]++;
    print(`${one.seed}: ${one.title}: the certificate holds with ${how}, a change of ${shows.toExponential(1)}`);
  }
}

/** Relative difference of the gradients of two batches, the largest of any layer. */
function change(model, a, b) {
  const [one, other] = [a, b].map((batch) => captureGradient(model, batch).gradients);
  return Math.max(
    ...one.map(({ weight }, i) => {
      const { data } = other[i].weight;
      return norm(weight.data.map((v, k) => v - data[k])) / norm(weight.data);
    }),
  );
}

function norm(values) {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
}
