import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Counts, countSamples, levelOf, verdictOf } from '../../src/report/verdict';

const none: Counts = {
  samples: 8,
  exact: 0,
  approximate: 0,
  errorBar: null,
  estimates: 0,
  lengthsOpen: false,
  labels: 0,
  unjudged: 0,
};
const says = (some: Partial<Counts>, noun: 'images' | 'samples' = 'images'): string =>
  verdictOf({ ...none, ...some }, noun);

test('verdictOf says in one sentence what can be read, and how', () => {
  assert.equal(
    says({ exact: 8 }),
    '8 of 8 training images can be read exactly from this update by anyone who sees it.',
  );
  assert.equal(
    says({ samples: 1, exact: 1 }, 'samples'),
    '1 of 1 training sample can be read exactly from this update by anyone who sees it.',
  );
  assert.equal(
    says({ samples: null, approximate: 3, errorBar: 2e-4 }),
    '3 training images can be read, within error bars of up to 2e-4 per value, from this update by anyone who sees it.',
  );
  assert.equal(
    says({ approximate: 2, errorBar: 2e-3, estimates: 1, labels: 4 }),
    '3 of 8 training images can be read from this update by anyone who sees it: 2 within error bars of up to 2e-3 per value, 1 as an estimate without a proof; of 4 more the label.',
  );
});
test('verdictOf of nothing read says so, and what there is instead', () => {
  assert.equal(says({}), 'No training image was read from this update by the attacks tried.');
  assert.equal(
    says({ labels: 2, unjudged: 16 }),
    'No training image was read from this update by the attacks tried, but the labels of 2 of 8 training images can be read, and each of 16 quotients of its rows may be one, which anyone can look at.',
  );
});
test('verdictOf says where lengths are open', () => {
  assert.match(
    says({ estimates: 5, lengthsOpen: true }),
    /^5 of 8 .* as estimates without a proof and up to a factor, from/,
  );
});
test('verdictOf never says that more samples were read than there are', () => {
  assert.match(says({ samples: 2, estimates: 3 }), /^3 training images can be read/);
});
test('levelOf counts an estimate as read, and a label or a single row as a hint', () => {
  const level = (some: Partial<Counts>): string => levelOf({ ...none, ...some });
  assert.deepEqual(
    [
      level({ exact: 1 }),
      level({ approximate: 1 }),
      level({ estimates: 1 }),
      level({ labels: 1 }),
      level({ unjudged: 1 }),
      level({}),
    ],
    ['proven', 'read', 'read', 'hints', 'hints', 'nothing'],
  );
});
test('a guess that nothing bounds, or an error bar as large as the sample, counts for its label alone', () => {
  const known = { how: 'exan', label: 3, input: Float64Array.of(1, -1), exans: [1], reason: '' } as const;
  const { exact, approximate, guessed, labels } = countSamples([
    { ...known, status: 'estimate', spread: Number.POSITIVE_INFINITY },
    { ...known, status: 'estimate', spread: 0.5 },
    { ...known, status: 'estimate', spread: 0.1 },
    { ...known, status: 'estimate' },
    { ...known, status: 'approximate', error: 0.9 },
    { ...known, status: 'approximate', error: Number.POSITIVE_INFINITY },
    { ...known, status: 'approximate', error: 1e-3 },
  ]);
  assert.deepEqual([exact, approximate, guessed, labels], [0, 1, 2, 4]);
});
