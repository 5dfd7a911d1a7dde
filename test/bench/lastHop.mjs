// Ablation of the last hop's walk: VGG-13 below its second block, one picture of CIFAR-10 at a time, float32 noise on the features.
// Usage: node test/bench/lastHop.mjs [--pictures 6] [--first 0] [--only NAME], after npm run build; needs the data folder (EXAN_DATA).
// Each row changes one number of the first start: pictures found, rounds and processor seconds of those found, seconds lost on others.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const dist = (path) => require(`../../dist/${path}.js`);
const { data, forward, vgg13 } = dist('index');
const { rng, normal } = dist('math/rng');
const { noLimit } = dist('reconstruction/working');
const { runHere } = dist('reconstruction/columns/runHere');
const [{ hopOf }, { blurredStart }, { stochasticGaussNewton }] = ['hop', 'blurredStart', 'stochasticGaussNewton'].map(
  (name) => dist(`reconstruction/stack/lastHop/${name}`),
);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv.splice(at, 2)[1];
};
const [count, first, only] = [Number(option('pictures', 6)), Number(option('first', 0)), option('only', null)];
const print = (line) => process.stdout.write(`${line}\n`);

const usual = { blurred: 300, rounds: 500, patience: 50, damping: 3e-3, momentum: 0.5, inner: 12, fraction: 0.7 };
const changes = [
  ...[{}, { blurred: 0 }, { blurred: 100 }, { blurred: 900 }],
  ...[0.5, 0.85, 1].map((fraction) => ({ fraction })),
  ...[0, 0.7].map((momentum) => ({ momentum })),
  ...[3e-4, 3e-2].map((damping) => ({ damping })),
  ...[6, 24].map((inner) => ({ inner })),
];
const noise = 4e-7;
const pictures = await data.cifar10();
const net = vgg13({ init: 'he', seed: 77 });
const level = 10; // of the stack: what leaves the second block
const hops = Array.from({ length: count }, (_, k) => {
  const { inputs } = data.channelsFirst(pictures.draw({ size: 1, seed: first + k }));
  const features = forward(net, inputs).values[level].data;
  const uniform = rng(k);
  const size = Math.sqrt(features.reduce((sum, v) => sum + v * v, 0) / features.length);
  const noisy = features.map((v) => (v > 0 ? Math.max(0, v + noise * size * normal(uniform)) : 0));
  return hopOf(net.stack.slice(0, level), noisy, noise);
});
print('| changed | found | rounds | CPU s each | CPU s lost |');
print('|---|---|---|---|---|');
for (const change of changes) {
  const name = JSON.stringify(change).replace(/[{}"]/g, '') || 'nothing';
  if (only === null || name.startsWith(only)) report(name, { ...usual, ...change });
}

function report(name, { blurred, ...walk }) {
  const [rounds, used, lost] = [[], [], []];
  hops.forEach((hop, k) => {
    const begun = process.cpuUsage();
    const uniform = rng(k);
    const start = runHere(blurredStart(hop, blurred, uniform, noLimit));
    const end = runHere(stochasticGaussNewton(hop, start, { ...walk, enough: 1e-10 }, uniform, noLimit));
    const seconds = process.cpuUsage(begun).user / 1e6;
    if (end.error > 1e-10) return lost.push(seconds);
    rounds.push(end.rounds);
    used.push(seconds);
  });
  const mean = used.reduce((a, b) => a + b, 0) / used.length;
  const gone = lost.reduce((a, b) => a + b, 0);
  print(
    `| ${name} | ${rounds.length}/${count} | ${rounds.join(' ')} | ${used.length > 0 ? mean.toFixed(1) : '-'} | ${gone.toFixed(0)} |`,
  );
}
