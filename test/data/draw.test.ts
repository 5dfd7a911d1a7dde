import assert from 'node:assert/strict';
import test from 'node:test';
import { InputError } from '../../src/check';
import { draw } from '../../src/data/draw';
import { fromRows } from '../../src/math/matrix';

const source = {
  inputs: fromRows([[0], [10], [20], [30], [40], [50]]),
  labels: Int32Array.of(0, 1, 2, 0, 1, 2),
};

test('draw gives equal batches for equal seeds and others for other seeds', () => {
  assert.deepEqual(draw(source, { size: 6, seed: 3 }), draw(source, { size: 6, seed: 3 }));
  const orders = [1, 2, 3, 4].map((seed) => String(draw(source, { size: 6, seed }).inputs.data));
  assert.ok(new Set(orders).size > 1);
});
test('draw takes distinct samples and keeps each label with its sample', () => {
  const { inputs, labels } = draw(source, { size: 6, seed: 1 });
  assert.deepEqual([...inputs.data].sort(), [0, 10, 20, 30, 40, 50]);
  inputs.data.forEach((v, m) => {
    assert.equal(labels[m], (v / 10) % 3);
  });
});
test('draw copies, so that writing to a batch leaves the dataset as it is', () => {
  draw(source, { size: 6 }).inputs.data.fill(-1);
  assert.equal(source.inputs.data[1], 10);
});
test('draw with distinctLabels gives every label once', () => {
  for (let seed = 0; seed < 20; seed++)
    assert.deepEqual([...draw(source, { size: 3, seed, distinctLabels: true }).labels].sort(), [0, 1, 2]);
});
test('draw with where draws again until the batch meets it', () => {
  const batch = draw(source, { size: 2, seed: 1, where: ({ inputs }) => inputs.data.includes(50) });
  assert.ok(batch.inputs.data.includes(50));
});
test('draw passes on the picture shape', () => {
  const image = { height: 1, width: 1, channels: 1 };
  assert.deepEqual(draw({ ...source, image }, { size: 1 }).image, image);
});
test('draw says how often it tried when no batch meets where', () => {
  let tries = 0;
  const where = (): boolean => ++tries < 0;
  assert.throws(() => draw(source, { size: 2, where, attempts: 7 }), /none of 7 batches of 2/);
  assert.equal(tries, 7);
});
test('draw rejects sizes it cannot give', () => {
  for (const size of [0, 7, 1.5, Number.NaN]) assert.throws(() => draw(source, { size }), InputError);
  assert.throws(() => draw(source, { size: 4, distinctLabels: true }), /expected at most 3/);
  assert.throws(() => draw(source, { size: 1, seed: 0.5 }), /seed is 0.5/);
});
