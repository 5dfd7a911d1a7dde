// What the claims campaigns share: options, the loop over seeds, and what they print. Exit code 1 when anything is claimed that is not so.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { judgeClaims } = require('../../build/test/support/claims/judgeClaims.js');
const { certify, reconstruct } = require('../../build/src/index.js');

export const print = (line) => process.stdout.write(`${line}\n`);

/** Takes `--name value` off the command line. */
export const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv.splice(at, 2)[1]);
};

/** `3 exact, 1 false` */
export const listed = (of) =>
  Object.entries(of)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

/**
 * Attacks the case of each seed, judges the answers and prints the counts and the calibration of the error bars.
 *
 * @param caseOf the case of a seed
 * @param dead whether its gradient is nothing to attack
 * @param keysOf rows of the table to which an answer's error bars count
 * @param judged called with each case, answer and judgement. @default nothing
 * @param doubted called where the certificate doubts the truth of an undisturbed case. @default nothing
 * @param more further lines, printed below the counts. @default none
 */
export function campaign({ seconds, caseOf, dead, keysOf, judged = () => {}, doubted = () => {}, more = () => [] }) {
  const [from = 0, to = from + 200] = process.argv.slice(2).map(Number);
  const counts = { cases: 0, samples: 0, recovered: 0, exact: 0, false: 0, refused: 0, crashed: 0, doubted: 0 };
  const [ratios, times] = [new Map(), []];
  const judge = (one, found) => {
    const judgement = judgeClaims(one, found);
    const { falseClaims, refused, recovered, ratios: own } = judgement;
    counts.recovered += recovered;
    if (found.status === 'exact') counts.exact++;
    if (refused) counts.refused++;
    if (falseClaims.length > 0) {
      counts.false++;
      print(`${one.seed}: ${one.title}: ${found.status}, ${falseClaims.join('; ')}`);
    }
    for (const key of keysOf(one, found)) if (own.length > 0) ratios.set(key, [...(ratios.get(key) ?? []), ...own]);
    judged(one, found, judgement);
    if (one.disturbed !== 'no') return;
    // the certificate of the truth itself, where nothing was done to the gradient
    const truth = certify(one.model, one.gradient, one.secret);
    if (truth.verdict === 'holds') return;
    counts.doubted++;
    doubted(one, truth);
  };
  for (let seed = from; seed < to; seed++) {
    const one = caseOf(seed);
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
      print(`${seed}: ${one.title}: ${error.stack}`);
    }
  }
  times.sort((a, b) => a - b);
  print(listed(counts));
  for (const line of more()) print(line);
  print(`seconds: median ${times[times.length >> 1]?.toFixed(2)}, most ${times.at(-1)?.toFixed(1)}`);
  calibration(ratios);
  process.exitCode = counts.false + counts.refused + counts.crashed > 0 ? 1 : 0;
}

function calibration(ratios) {
  print(
    '| disturbance | samples with error bars | true error within three bars | median true error over bar |\n|---|---|---|---|',
  );
  for (const [name, all] of [...ratios].sort()) {
    all.sort((a, b) => a - b);
    const within = all.filter((r) => r <= 3).length / all.length;
    print(`| ${name} | ${all.length} | ${(100 * within).toFixed(1)} % | ${all[all.length >> 1].toPrecision(2)} |`);
  }
}
