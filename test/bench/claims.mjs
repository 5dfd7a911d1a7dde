// The claims campaign: hard cases, each of which its seed makes; counts what is claimed and not so. Exit code 1 when anything is.
// Usage: node test/bench/claims.mjs [from] [to] [--seconds 2], after npm run build and tsc -p test/tsconfig.json
import { createRequire } from 'node:module';
import { campaign, option } from './campaign.mjs';

const { claimCase } = createRequire(import.meta.url)('../../build/test/support/claims/claimCase.js');

campaign({
  seconds: option('seconds', 2),
  caseOf: claimCase,
  // a network that trained itself to death, or a batch that it knows by heart
  dead: ({ gradients }) =>
    gradients.every(({ weight }) => weight.data.every((v) => v === 0)) ||
    gradients.some(({ weight }) => !weight.data.every(Number.isFinite)),
  keysOf: ({ disturbed }) => [disturbed],
});
