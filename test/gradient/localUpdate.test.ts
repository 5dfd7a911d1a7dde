import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient } from '../../src/gradient/captureGradient';
import { localUpdate, miniBatches, trainedOn } from '../../src/gradient/localUpdate';
import { summedGradient } from '../../src/gradient/summedGradient';
import { inFloat32 } from '../../src/model/inFloat32';
import { mlp } from '../../src/model/mlp';
import { relativeError } from '../support/closeness';
import { randomBatch } from '../support/random';
import { after, before, sample } from '../support/threeNeuronUpdate';
import { updateFixtures } from '../support/updateFixtures';

test('localUpdate takes the two steps worked on paper', () => {
  const update = localUpdate(before, sample, { rate: 1, epochs: 2 });
  assert.ok(relativeError(update.after.dense, after.dense) < 1e-15);
  assert.equal(update.before, before);
});

test('one step on the whole batch moves the weights by the gradient', () => {
  const model = mlp({ widths: [12, 20, 4], seed: 1 });
  const batch = randomBatch(5, 12, 4, 1);
  const shared = summedGradient(localUpdate(model, batch, { rate: 0.25, epochs: 1 }));
  assert.ok(relativeError(shared, captureGradient(model, batch).gradients) < 1e-13);
});

test('every epoch takes each sample once, in mini-batches of which the last may be smaller, in a new order', () => {
  const parts = miniBatches(8, { rate: 1, epochs: 2, batchSize: 3 }, 4);
  assert.deepEqual(
    parts.map((part) => part.length),
    [3, 3, 2, 3, 3, 2],
  );
  for (const epoch of [parts.slice(0, 3), parts.slice(3)])
    assert.deepEqual(
      epoch.flat().sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
  assert.notDeepEqual(parts.slice(0, 3), parts.slice(3));
});

for (const { name, update, batch, order } of updateFixtures)
  test(`${name}: float32 steps are PyTorch's to a few last places of the weights`, () => {
    const own = trainedOn(update.before, batch, order, update, 'float32');
    const exact = trainedOn(update.before, batch, order, update, 'float64');
    const moved = relativeError(update.before.dense, update.after.dense);
    assert.ok(relativeError(own.dense, update.after.dense) < 1e-5 * moved);
    assert.ok(relativeError(exact.dense, update.after.dense) < 1e-5 * moved);
    for (const { weight } of own.dense) assert.ok(weight.data.every((v) => Math.fround(v) === v));
    const bent = trainedOn(update.before, batch, [...order].reverse(), update, 'float64');
    assert.ok(order.length < 6 || relativeError(bent.dense, update.after.dense) > 1e-4 * moved, 'the order matters');
  });

test('localUpdate in float32 begins at weights rounded to it', () => {
  const model = mlp({ widths: [12, 20, 4], seed: 1 });
  const update = localUpdate(model, randomBatch(5, 12, 4, 1), { rate: 0.1, epochs: 2, precision: 'float32' });
  assert.deepEqual(update.before, inFloat32(model));
});

test('localUpdate refuses what it would otherwise ignore or could not do', () => {
  const batch = randomBatch(5, 12, 4, 1);
  const model = mlp({ widths: [12, 20, 4] });
  const refused = (options: object, message: RegExp): void =>
    assert.throws(() => localUpdate(model, batch, { rate: 0.1, epochs: 1, ...options }), message);
  refused({ nesterov: true }, /option nesterov is not understood, expected rate, epochs/);
  refused({ optimiser: 'adam' }, /option optimiser is not understood.*Adam divides every weight's gradient/);
  refused({ momentum: 1 }, /momentum is 1, expected a number in \[0, 1\)/);
  refused({ rate: 0 }, /rate is 0, expected a positive number/);
  refused({ epochs: 1.5 }, /epochs is 1.5, expected a positive integer/);
  refused({ batchSize: 0 }, /batchSize is 0/);
  refused({ rate: 1e300, epochs: 5 }, /diverged/);
});
