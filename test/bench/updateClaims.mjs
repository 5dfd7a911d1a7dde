// The claims campaign for updates of several local steps: random clients, equal and near samples, trainings that are stated wrong or not at all. Exit code 1
// when anything called exact is not, the certificate doubts what is, or something crashes.
// Usage: node test/bench/updateClaims.mjs [from] [to] [--seconds 2] [--patience 200] [--deep], after tsc -p test/tsconfig.json
import { createRequire } from 'node:module';
import { listed, option, print } from './campaign.mjs';

const require = createRequire(import.meta.url);
const { updateCase } = require('../../build/test/support/claims/updateCase.js');
const { falseExact, falseTraining } = require('../../build/test/support/claims/judgeUpdate.js');
const { certifyUpdate, reconstructUpdate, recovered } = require('../../build/src/index.js');

const [seconds, patience] = [option('seconds', 2), option('patience', 200)];
const deep = process.argv.includes('--deep'); // a second hidden layer
const [from = 0, to = from + 200] = process.argv
  .slice(2)
  .filter((a) => a !== '--deep')
  .map(Number);
const counts = { cases: 0, samples: 0, exact: 0, false: 0, doubted: 0, crashed: 0 };
const byTwist = {};
for (let seed = from; seed < to; seed++) {
  const { secret, update, honest, twist } = updateCase(seed, deep);
  counts.cases++;
  counts.samples += secret.labels.length;
  try {
    const found = reconstructUpdate(update, { seconds, patience });
    const key = `${twist}: ${found.status}`;
    byTwist[key] = (byTwist[key] ?? 0) + 1;
    if (found.status !== 'exact') continue;
    counts.exact++;
    const say = (what) => print(`${seed}: ${twist}: ${what}`);
    const why = falseExact(found, secret) ?? falseTraining(found, secret, honest);
    if (why !== null) {
      counts.false++;
      say(`false: ${why}`);
    }
    const errors = found.samples.map((s) => s.error);
    const { order, ...training } = found.training;
    const { verdict, worstRow } = certifyUpdate({ ...update, ...training }, recovered(found), { order, errors });
    if (verdict === 'holds') continue;
    counts.doubted++;
    say(`the certificate doubts the answer, its worst row is ${worstRow.toPrecision(2)} deviations off`);
  } catch (error) {
    counts.crashed++;
    print(`${seed}: ${twist}: ${error.stack}`);
  }
}
print(listed(counts));
print(
  Object.entries(byTwist)
    .sort()
    .map(([key, n]) => `${key} ${n}`)
    .join(', '),
);
process.exitCode = counts.false + counts.doubted + counts.crashed > 0 ? 1 : 0;
