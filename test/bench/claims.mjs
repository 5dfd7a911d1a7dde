// The claims campaign: hard cases, each of which its seed makes; counts what is claimed and not so. Exit code 1 when anything is.
// Usage: node test/bench/claims.mjs [from] [to] [--seconds 2], after npm run build and tsc -p test/tsconfig.json
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { claimCase } = require('../../build/test/support/claims/claimCase.js');
const { judgeClaims } = require('../../build/test/support/claims/judgeClaims.js');
const { certify, reconstruct } = require('../../build/src/index.js');
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv.splice(at, 2)[1]);
};
const seconds = option('seconds', 2);
const [from = 0, to = from + 200] = process.argv.slice(2).map(Number);
const print = (line) => process.stdout.write(`${line}\n`);

const counts = { cases: 0, samples: 0, recovered: 0, exact: 0, false: 0, refused: 0, crashed: 0, doubted: 0 };
const ratios = new Map();
const times = [];
// a network that trained itself to death, or a batch that it knows by heart
const dead = ({ gradients }) =>
  gradients.every(({ weight }) => weight.data.every((v) => v === 0)) ||
  gradients.some(({ weight }) => !weight.data.every(Number.isFinite));
for (let seed = from; seed < to; seed++) {
  const one = claimCase(seed);
  if (dead(one.gradient)) continue;
  counts.cases++;
  counts.samples += one.secret.labels.length;
  const start = performance.now();
  try {
    const found = reconstruct(one.model, one.gradient, { seconds });
    times.push((performance.now() - start) / 1e3);
    judge(one, found);
  } catch (error) {
    counts.crashed++;
    print(`${seed}: ${one.title}: ${error.message}`);
  }
}
times.sort((a, b) => a - b);
print(
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', '),
);
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
  if (found.status === 'exact') counts.exact++;
  if (refused) counts.refused++;
  if (falseClaims.length > 0) {
    counts.false++;
    print(`${one.seed}: ${one.title}: ${found.status}, ${falseClaims.join('; ')}`);
  }
  if (own.length > 0) ratios.set(one.disturbed, [...(ratios.get(one.disturbed) ?? []), ...own]);
  // the certificate of the truth itself, where nothing was done to the gradient
  if (one.disturbed === 'no' && certify(one.model, one.gradient, one.secret).verdict !== 'holds') counts.doubted++;
}
