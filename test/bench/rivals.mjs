// Rivals that optimise a guess until its gradient matches, on the cases of their papers: a table on standard output.
// Usage: node test/bench/rivals.mjs [case …] [--seeds 3] [--first 1] [--seconds 300] [--visible 40]; needs `npm run build`, and for the
// cases on CIFAR-10 the data folder (EXAN_DATA). A run is cut into slices of half a second, each resumed from the one before, so that the
// time is seen at which all samples have `visible` dB.
import { createRequire } from 'node:module';

const exan = createRequire(import.meta.url)('../../dist/index.js');
const { baselines, captureGradient, convNet, data, dlgLenet, lenet, mlp, score } = exan;
const print = (line) => process.stdout.write(`${line}\n`);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv.splice(at, 2)[1]);
};
const [seeds, first, seconds, visible] = [
  ...[option('seeds', 3), option('first', 1), option('seconds', 300), option('visible', 40)],
];
const slice = 0.5;

const digits = await data.mnist();
let pictures;
const ofDigits = (size, seed) => digits.draw({ size, seed });
const ofPictures = async (size, seed) => {
  pictures ??= await data.cifar10();
  return data.channelsFirst(pictures.draw({ size, seed }));
};
const dense = { net: (seed) => mlp({ widths: [784, 512, 10], seed }), batch: ofDigits };
const theirs = { net: (seed) => dlgLenet({ seed }), batch: ofPictures, size: 1 };
const pooled = {
  net(seed) {
    const plan = [32, 'maxPool', 64, 'maxPool'];
    return convNet({ input: { channels: 3, height: 32, width: 32 }, plan, head: [256], init: 'he', seed });
  },
  batch: ofPictures,
};
const { dlg, featureInversion, idlg, invertingGradients } = baselines;
const told = { labels: true, image: digits.image };

/** network, batch, attack and its options beside size, labels and seed */
const cases = {
  // with the smoothness at which the authors' code was measured
  ig: { ...dense, size: 8, run: invertingGradients, options: { ...told, smoothness: 1e-3 } },
  'ig-tuned': { ...dense, size: 8, run: invertingGradients, options: { ...told, settings: 'tuned' } },
  'ig-inferred': {
    ...{ ...dense, size: 8, run: invertingGradients },
    options: { image: digits.image, settings: 'tuned' },
  },
  'ig-32': { ...dense, size: 32, run: invertingGradients, options: { ...told, settings: 'tuned' } },
  'ig-lenet': {
    ...{ net: (seed) => lenet({ init: 'pytorch', seed }), batch: ofDigits, size: 1, run: invertingGradients },
    options: {},
  },
  dlg: { ...theirs, run: dlg, options: {} },
  'dlg-tuned': { ...theirs, run: dlg, options: { settings: 'tuned' } },
  idlg: { ...theirs, run: idlg, options: {} },
  features: { ...pooled, size: 4, run: featureInversion, options: { settings: 'tuned' }, sized: false },
};

const unknown = process.argv.slice(2).filter((name) => !(name in cases));
if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(' ')}; cases are ${Object.keys(cases).join(' ')}`);
const asked = process.argv.slice(2);
print(`| case | seed | dB, mean | dB, least | labels right | s to ${visible} dB | s in all | ended |`);
print('|---|---|---|---|---|---|---|---|');
for (const name of asked.length > 0 ? asked : Object.keys(cases))
  for (let seed = first; seed < first + seeds; seed++) await report(name, seed);

async function report(name, seed) {
  const { net, batch, size, run, options, sized = true } = cases[name];
  const { labels, ...rest } = options;
  const [model, secret] = [net(seed), await batch(size, seed)];
  const gradient = captureGradient(model, secret);
  const asks = { ...rest, seed, ...(sized && { size }), ...(labels && { labels: secret.labels }) };
  let [spent, seen, found] = [0, null, null];
  do {
    const start = performance.now();
    const left = Math.min(slice, seconds - spent);
    found = await run(model, gradient, { ...asks, seconds: left, ...(found && { resume: found.state }) });
    spent += (performance.now() - start) / 1e3;
    if (seen === null && judged(found, secret).least >= visible) seen = spent;
  } while (found.ended === 'time' && spent < seconds);
  const { mean, least, right } = judged(found, secret);
  const times = `${seen?.toFixed(1) ?? '-'} | ${spent.toFixed(1)}`;
  const cells = [name, seed, mean.toFixed(1), least.toFixed(1), `${right}/${size}`, times, found.reason];
  print(`| ${cells.join(' | ')} |`);
}

/** PSNR of the samples after the best matching, and how many labels are right. */
function judged({ inputs, labels }, secret) {
  if (inputs.rows < secret.labels.length) return { mean: Number.NaN, least: Number.NaN, right: 0 };
  const { pairs } = score({ inputs, labels }, secret);
  const psnr = pairs.map((pair) => pair.psnr);
  const mean = psnr.reduce((sum, v) => sum + v, 0) / psnr.length;
  return { mean, least: Math.min(...psnr), right: pairs.filter((pair) => pair.labelMatches).length };
}
