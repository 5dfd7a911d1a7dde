// The claims campaign: hard cases, each of which its seed makes; counts what is claimed and not so. Exit code 1 when anything is.
// Usage: node test/bench/claims.mjs [from] [to] [--bent] [--seconds 2], after npm run build and tsc -p test/tsconfig.json
import { createRequire } from 'node:module';
import { campaign, listed, option } from './campaign.mjs';

const { claimCase } = createRequire(import.meta.url)('../../build/test/support/claims/claimCase.js');

const at = process.argv.indexOf('--bent'); // leaky ReLU and ReLU6
const bent = at >= 0 && process.argv.splice(at, 1).length > 0;
const statuses = {};

campaign({
  seconds: option('seconds', 2),
  caseOf: (seed) => claimCase(seed, bent),
  // a network that trained itself to death, or a batch that it knows by heart
  dead: ({ gradients }) =>
    gradients.every(({ weight }) => weight.data.every((v) => v === 0)) ||
    gradients.some(({ weight }) => !weight.data.every(Number.isFinite)),
  keysOf: ({ disturbed }) => [disturbed],
  judged({ model, disturbed }, { status }) {
    if (disturbed !== 'no') return;
    const kind = [...new Set(model.activations.map((a) => a.kind))].join('+');
    statuses[`${kind} ${status}`] = (statuses[`${kind} ${status}`] ?? 0) + 1;
  },
  more: () => [`undisturbed: ${listed(statuses)}`],
});
