import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient, InputError, mlp, reconstruct } from '../src';
import { gaussian } from '../src/data';

const model = mlp({ widths: [4, 8, 3], seed: 1 });
const secret = gaussian({ size: 2, dimension: 4, classes: 3, seed: 1 });

test('the attack takes no batch: reconstruct(model, secret) does not type-check, and fails when forced', () => {
  // @ts-expect-error a batch is not a gradient
  assert.throws(() => reconstruct(model, secret));
});
test('a gradient carries nothing of the batch beside its layers, its reduction and its precision', () => {
  assert.deepEqual(Object.keys(captureGradient(model, secret)).sort(), ['gradients', 'precision', 'reduction']);
});
test('errors that the caller can correct are InputErrors, which are RangeErrors', () => {
  assert.throws(() => mlp({ widths: [4, 3] }), InputError);
  assert.throws(() => mlp({ widths: [4, 0, 3] }), RangeError);
});
