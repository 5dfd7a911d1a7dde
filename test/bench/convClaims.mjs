// The claims campaign for networks with convolutions: as claims.mjs, and the certificate of batches that are a little wrong.
// Usage: node test/bench/convClaims.mjs [from] [to] [--open] [--bent] [--seconds 5], after npm run build and tsc -p test/tsconfig.json
import { createRequire } from 'node:module';
import { campaign, listed, option, print } from './campaign.mjs';

const require = createRequire(import.meta.url);
const { convCase, spoiled } = require('../../build/test/support/claims/convCase.js');
const { captureGradient, certify } = require('../../build/src/index.js');
const flag = (name) => {
  const at = process.argv.indexOf(name);
  return at >= 0 && process.argv.splice(at, 1).length > 0;
};
const [open, bent] = ['--open', '--bent'].map(flag); // --bent: leaky ReLU and ReLU6
const [statuses, passed] = [{}, {}];

campaign({
  seconds: option('seconds', 5),
  caseOf: (seed) => convCase(seed, open, bent),
  // a network that fires nowhere, or one that trained itself to death
  dead: ({ gradients }) =>
    gradients.some(({ weight }) => !weight.data.every(Number.isFinite) || weight.data.every((v) => v === 0)),
  keysOf: ({ disturbed }, { status }) => [disturbed, `${disturbed}, ${status}`],
  judged(one, found, { refused, ratios }) {
    const say = (what) => print(`${one.seed}: ${one.title}: ${what}`);
    statuses[found.status] = (statuses[found.status] ?? 0) + 1;
    if (refused) say(`refused: ${found.reason}`);
    if (ratios.some((r) => r > 10)) say(`${found.status}, off by ${Math.max(...ratios).toPrecision(2)} bars`);
    if (one.disturbed === 'no') spoil(one, say);
  },
  doubted: ({ seed, title }, { worstRow }) =>
    print(`${seed}: ${title}: the truth is doubted, its worst row is ${worstRow.toPrecision(2)} deviations off`),
  more: () => [`answers: ${listed(statuses)}`, `certificate holds though there is: ${listed(passed)}`],
});

/** The certificate of batches that are not the truth. */
function spoil(one, say) {
  for (const { how, batch } of spoiled(one)) {
    passed[how] ??= 0;
    if (certify(one.model, one.gradient, batch).verdict !== 'holds') continue;
    // a pixel that no kernel sees, or that loses in every window, changes nothing: that is no fault of the certificate
    const shows = change(one.model, one.secret, batch);
    if (shows < (one.gradient.precision === 'float32' ? 1e-6 : 1e-13)) continue;
    passed[how]++;
    say(`the certificate holds with ${how}, a change of ${shows.toExponential(1)}`);
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
