import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataset } from '../../src/data/dataset';
import { bestErrors } from '../../src/defences/attackUnderTest';
import { defence } from '../../src/defences/defence';
import { evaluate } from '../../src/defences/evaluate';
import { confidence } from '../../src/math/confidence';
import { fromRows } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import { uniformBatch } from './uniformBatch';

const set = dataset({ name: 'uniform', classes: 3, ...uniformBatch(60, 8, 3, 5) });
const model = mlp({ widths: [8, 64, 3], seed: 1, init: 'he' });

test('evaluate: pruning to one entry in ten stops the exact attack, and strength 0 changes no number', async () => {
  const rows = await evaluate(model, set, [defence.prune(0), defence.prune(0.9)], {
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
test('evaluate gives epsilon for DP-SGD only, and takes any attack', async () => {
  const secret = { name: 'clairvoyant', run: () => set.inputs };
  const [none, dp] = await evaluate(model, set, [defence.dpSgd(1, 1)], {
    size: 2,
    seeds: [1],
    attacks: [secret],
    training: { steps: 2 },
  });
  assert.equal(none?.epsilon, null);
  assert.ok((dp?.epsilon as number) > 0);
  assert.equal(dp?.attacks[0]?.exact.mean, 1);
});
test('evaluate runs ExAN (exact and adaptive), pursuit and row ratios unless told otherwise, and pursuit gets past masked exclusive rows', async () => {
  const wider = dataset({ name: 'uniform', classes: 5, ...uniformBatch(60, 40, 5, 5) });
  const [none, masked] = await evaluate(mlp({ widths: [40, 128, 5], seed: 2 }), wider, [defence.maskExclusiveRows(1)], {
    size: 6,
    seeds: [1],
    training: false,
  });
  assert.deepEqual(
    none?.attacks.map(({ attack }) => attack),
    ['ExAN', 'ExAN adaptive', 'pursuit', 'row ratios'],
  );
  assert.deepEqual(
    masked?.attacks.slice(0, 3).map(({ exact }) => exact.mean),
    [0, 0, 1],
  );
});
test('evaluate without training has no accuracy, and stops when asked to', async () => {
  const [none] = await evaluate(model, set, [], { size: 2, seeds: [1], training: false });
  assert.equal(none?.accuracy, null);
  await assert.rejects(evaluate(model, set, [], { signal: AbortSignal.abort() }), /abort/i);
});
test('bestErrors takes each sample at its best candidate', () => {
  const truth = {
    inputs: fromRows([
      [0, 0],
      [1, 1],
    ]),
    labels: new Int32Array(2),
  };
  assert.deepEqual(
    bestErrors(
      truth,
      fromRows([
        [1, 1],
        [0, 2],
      ]),
    ),
    [1, 0],
  );
  assert.deepEqual(bestErrors(truth, undefined), [Infinity, Infinity]);
});
test('confidence is Student t: 1, 2, 3 gives 2 +- 4.303/sqrt(3)', () => {
  const { mean, high } = confidence([1, 2, 3]);
  assert.equal(mean, 2);
  assert.ok(Math.abs(high - 2 - 4.303 / Math.sqrt(3)) < 1e-12);
  assert.throws(() => confidence([]), /no values/);
});
