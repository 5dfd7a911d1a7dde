import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataset } from '../../src/data/dataset';
import { defence } from '../../src/defences/defence';
import { evaluateDefences } from '../../src/experiments/evaluateDefences';
import { mlp } from '../../src/model/mlp';
import { uniformBatch } from '../support/uniformBatch';

const set = dataset({ name: 'uniform', classes: 3, ...uniformBatch(60, 8, 3, 5) });
const model = mlp({ widths: [8, 64, 3], seed: 1, init: 'he' });

test('evaluateDefences: pruning to one entry in ten stops the exact attack, and strength 0 changes no number', async () => {
  const rows = await evaluateDefences(model, set, [defence.prune(0), defence.prune(0.9)], {
    size: 2,
    seeds: [1, 2],
    training: { steps: 3 },
  });
  const [none, zero, pruned] = rows;
  assert.deepEqual([none?.defence, zero?.defence, pruned?.strength], ['none', 'prune', 0.9]);
  assert.equal(none?.attacks[0]?.exact.mean, 1);
  assert.deepEqual(zero?.attacks, none?.attacks);
  assert.deepEqual(zero?.accuracy, none?.accuracy);
  assert.equal(pruned?.attacks[0]?.exact.mean, 0);
});
test('evaluateDefences gives epsilon for DP-SGD only, and takes any attack', async () => {
  const secret = { name: 'clairvoyant', run: () => set.inputs };
  const [none, dp] = await evaluateDefences(model, set, [defence.dpSgd(1, 1)], {
    size: 2,
    seeds: [1],
    attacks: [secret],
    training: { steps: 2 },
  });
  assert.equal(none?.epsilon, null);
  assert.ok((dp?.epsilon as number) > 0);
  assert.equal(dp?.attacks[0]?.exact.mean, 1);
});
test('evaluateDefences runs ExAN (exact and adaptive), pursuit and row ratios unless told otherwise, and pursuit gets past masked exclusive rows', async () => {
  const wider = dataset({ name: 'uniform', classes: 5, ...uniformBatch(60, 40, 5, 5) });
  const [none, masked] = await evaluateDefences(
    mlp({ widths: [40, 128, 5], seed: 2 }),
    wider,
    [defence.maskExclusiveRows(1)],
    {
      size: 6,
      seeds: [1],
      training: false,
    },
  );
  assert.deepEqual(
    none?.attacks.map(({ attack }) => attack),
    ['ExAN', 'ExAN adaptive', 'pursuit', 'row ratios'],
  );
  assert.deepEqual(
    masked?.attacks.slice(0, 3).map(({ exact }) => exact.mean),
    [0, 0, 1],
  );
});
test('evaluateDefences without training has no accuracy, and stops when asked to', async () => {
  const [none] = await evaluateDefences(model, set, [], { size: 2, seeds: [1], training: false });
  assert.equal(none?.accuracy, null);
  await assert.rejects(evaluateDefences(model, set, [], { signal: AbortSignal.abort() }), /abort/i);
});
