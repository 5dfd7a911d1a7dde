import assert from 'node:assert/strict';
import test from 'node:test';
import { dataset } from '../../src/data/dataset';
import { fromRows } from '../../src/math/matrix';

const parts = {
  name: 'toy',
  inputs: fromRows([
    [1, 2],
    [3, 4],
  ]),
  labels: Int32Array.of(0, 1),
  classes: 2,
};

test('dataset draws from its own samples', () => {
  assert.deepEqual([...dataset(parts).draw({ size: 2 }).inputs.data].sort(), [1, 2, 3, 4]);
});
test('dataset names the sample whose label is out of range', () => {
  assert.throws(() => dataset({ ...parts, labels: Int32Array.of(0, 2) }), /label 2 at sample 1, expected 0\.\.1/);
});
test('dataset rejects missing labels and pictures of another size', () => {
  assert.throws(() => dataset({ ...parts, labels: Int32Array.of(0) }), /1 labels for 2 samples/);
  assert.throws(() => dataset({ ...parts, image: { height: 2, width: 2, channels: 1 } }), /size of its pictures/);
});
