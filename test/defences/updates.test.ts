import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick } from '../../src/data/draw';
import { averageUpdates } from '../../src/defences/averageUpdates';
import { clipUpdate } from '../../src/defences/clipUpdate';
import { defence } from '../../src/defences/defence';
import { serverMomentum } from '../../src/defences/serverMomentum';
import { captureGradient } from '../../src/gradient/captureGradient';
import { gradientDifference, gradientNorm } from '../../src/gradient/gradientDifference';
import { localUpdate } from '../../src/gradient/localUpdate';
import { summedGradient } from '../../src/gradient/summedGradient';
import { normal, rng } from '../../src/math/rng';
import { mlp } from '../../src/model/mlp';
import type { ModelUpdate } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [12, 20, 3], seed: 1 });
const batch = uniformBatch(6, 12, 3, 4);
const training = { rate: 0.2, epochs: 3 };
const update = localUpdate(model, batch, training);
const moved = ({ before, after }: ModelUpdate) => gradientDifference(after.dense, before.dense);
const apart = (a: ModelUpdate, b: ModelUpdate): number => gradientNorm(gradientDifference(moved(a), moved(b)));
const size = gradientNorm(moved(update));

test('the mean of one step of two clients of equal size is the gradient of both batches together', () => {
  const clients = [pick(batch, [0, 1, 2]), pick(batch, [3, 4, 5])];
  const mean = averageUpdates(clients.map((own) => localUpdate(model, own, { rate: 0.2, epochs: 1 })));
  const gradient = captureGradient(model, batch).gradients;
  assert.ok(gradientNorm(gradientDifference(summedGradient(mean), gradient)) < 1e-13 * gradientNorm(gradient) * 10);
  const more = averageUpdates(clients.map((own) => localUpdate(model, own, training)));
  assert.ok(apart(more, update) > 1e-4 * size, 'after several steps it is that of no one client');
});
test('averageUpdates of equal updates changes nothing, and refuses none and networks that do not fit', () => {
  assert.ok(apart(averageUpdates([update, update, update]), update) < 1e-13 * size);
  assert.throws(() => averageUpdates([]), /averageUpdates: no clients/);
  const other = localUpdate(mlp({ widths: [12, 8, 3], seed: 1 }), batch, training);
  assert.throws(() => averageUpdates([update, other]), /client 1 has widths 12,8,3, expected 12,20,3/);
});
test('clipUpdate scales the whole update down to its norm, one factor for all entries, and never up', () => {
  const clipped = moved(clipUpdate(update, { clip: size / 4 }));
  assert.ok(Math.abs(gradientNorm(clipped) / size - 1 / 4) < 1e-12);
  const [a, b] = [clipped[0]!.weight.data, moved(update)[0]!.weight.data];
  for (const k of [0, 7, 100]) assert.ok(Math.abs(a[k]! - b[k]! / 4) < 1e-14);
  assert.ok(apart(clipUpdate(update, { clip: 2 * size }), update) < 1e-13 * size);
});
test('clipUpdate adds noise of sigma C to every entry, weights and biases, drawn from its seed', () => {
  const noisy = moved(clipUpdate(update, { clip: 2 * size, noise: 0.01, seed: 5 }));
  const uniform = rng(5);
  const expected = 0.02 * size * normal(uniform); // the first entry's
  assert.ok(Math.abs(noisy[0]!.weight.data[0]! - moved(update)[0]!.weight.data[0]! - expected) < 1e-12);
  const added = gradientNorm(gradientDifference(noisy, moved(update)));
  const entries = 12 * 20 + 20 + 20 * 3 + 3;
  assert.ok(Math.abs(added / (0.02 * size * Math.sqrt(entries)) - 1) < 0.1);
  assert.throws(() => clipUpdate(update, { clip: 0 }), /clip is 0, expected a positive number/);
  assert.throws(() => clipUpdate(update, { clip: 1, noise: -1 }), /noise is -1/);
});
test('serverMomentum adds beta times the update before, and a known one subtracts again', () => {
  const last = localUpdate(model, uniformBatch(6, 12, 3, 9), training);
  const shown = serverMomentum(update, last, 0.9);
  const own = gradientDifference(moved(shown), moved(update));
  const expected = moved(last)[1]!.bias!.map((v) => 0.9 * v);
  own[1]!.bias!.forEach((v, k) => assert.ok(Math.abs(v - expected[k]!) < 1e-14));
  assert.deepEqual(moved(serverMomentum(update, last, 0)), moved(update));
  assert.throws(() => serverMomentum(update, last, 1), /beta is 1, expected a number in \[0, 1\)/);
});
test('prune, quantise and masks change an update as they change a gradient, before the difference is added', () => {
  const zeros = ({ data }: { data: Float64Array }): number => data.filter((v) => v === 0).length;
  const pruned = moved(defence.prune(0.5).update!(update, batch, 1));
  assert.ok(zeros(pruned[0]!.weight) >= 120);
  const masked = moved(defence.maskFirstLayer(1).update!(update, batch, 1));
  assert.deepEqual([zeros(masked[0]!.weight), zeros(masked[1]!.weight) < 60], [240, true]);
  const rounded = moved(defence.quantise('int8').update!(update, batch, 1));
  const step = Math.max(...moved(update)[0]!.weight.data.map(Math.abs)) / 127;
  for (const v of rounded[0]!.weight.data) assert.ok(Math.abs(v / step - Math.round(v / step)) < 1e-9);
});
