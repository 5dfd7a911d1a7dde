// The claims campaign for defended networks with convolutions: random cases, one defence each in turn; nothing that a defence changed
// may be called exact unless it is. Usage: node test/bench/convDefences.mjs [from] [to] [--seconds 3], after npm run build and
// tsc -p test/tsconfig.json
import { createRequire } from 'node:module';
import { campaign, listed, option, print } from './campaign.mjs';

const require = createRequire(import.meta.url);
const { convCase } = require('../../build/test/support/claims/convCase.js');
const { captureGradient, defences } = require('../../build/src/index.js');
const d = defences;
const shares = {
  fp16: ({ gradient }) => d.quantise(gradient, 'fp16'),
  int8: ({ gradient }) => d.quantise(gradient, 'int8'),
  sign: ({ gradient }) => d.quantise(gradient, 'sign'),
  'prune by up to 0.9': ({ gradient, seed }) => d.prune(gradient, ((seed % 97) + 1) / 109),
  'prune by up to 1e-3': ({ gradient, seed }) => d.prune(gradient, ((seed % 97) + 1) / 98e3),
  'DP-SGD': ({ model, secret, seed }) => d.dpSgd(model, secret, { clip: 1, noise: 10 ** -(1 + (seed % 13)), seed }),
  'clipping alone': ({ model, secret, seed }) => d.dpSgd(model, secret, { clip: 10 ** (1 - (seed % 3)) }),
  dropout: ({ model, secret, seed }) => d.dropout(model, secret, 0.1 + 0.1 * (seed % 7), seed),
  'a layer withheld': ({ gradient, seed }) => d.withholdLayers(gradient, [(seed >> 4) % gradient.gradients.length]),
  'some filters withheld': ({ gradient, seed }) => d.maskFirstLayer(gradient, 0.1 + 0.2 * (seed % 5), seed),
};
const names = Object.keys(shares);
const statuses = {};

campaign({
  seconds: option('seconds', 3),
  caseOf: (seed) => {
    const one = convCase(seed, true);
    const precision = seed % 2 ? 'float32' : 'float64';
    const plain = { ...one, gradient: captureGradient(one.model, one.secret, { precision }) };
    const name = names[seed % names.length];
    return { ...plain, gradient: shares[name](plain), disturbed: name, title: `${name}, ${one.title}` };
  },
  dead: ({ gradients }) =>
    gradients.some(({ weight }) => !weight.data.every(Number.isFinite)) ||
    gradients.every(({ weight }) => weight.data.every((v) => v === 0)),
  keysOf: ({ disturbed }) => [disturbed],
  judged({ seed, title, disturbed }, { status }, { ratios }) {
    const key = `${disturbed}, ${status}`;
    statuses[key] = (statuses[key] ?? 0) + 1;
    if (ratios.some((r) => r > 10))
      print(`${seed}: ${title}: ${status}, off by ${Math.max(...ratios).toPrecision(2)} bars`);
  },
  more: () => [listed(statuses)],
});
