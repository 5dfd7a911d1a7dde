import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { fromRows } from '../../../src/math/matrix';
import { mlp } from '../../../src/model/mlp';
import type { Batch } from '../../../src/types';
import { certify } from '../../../src/verification/certificate/certify';

const model = mlp({ widths: [6, 9, 7, 3], seed: 1 });
const batch = gaussian({ size: 4, dimension: 6, classes: 3, seed: 2 });
const gradient = captureGradient(model, batch);
const withEntry = (at: number, value: number): Batch => {
  const data = batch.inputs.data.slice();
  data[at] = value;
  return { inputs: { ...batch.inputs, data }, labels: batch.labels };
};
const rows = (values: number[][], labels: number[]): Batch => ({
  inputs: fromRows(values),
  labels: Int32Array.from(labels),
});

test('the certificate holds for the batch that made the gradient, whatever the order of its samples', () => {
  const reversed = rows(
    [3, 2, 1, 0].map((m) => [...batch.inputs.data.slice(m * 6, m * 6 + 6)]),
    [3, 2, 1, 0].map((m) => batch.labels[m] as number),
  );
  for (const b of [batch, reversed]) {
    const proof = certify(model, gradient, b);
    assert.equal(proof.verdict, 'holds');
    assert.ok(proof.residual < 1e-15);
    assert.equal(proof.layers.length, 3);
  }
});
test('the certificate fails when one pixel is off by 1e-6, one label is wrong, or a sample is missing', () => {
  const labels = batch.labels.slice();
  labels[0] = ((labels[0] as number) + 1) % 3;
  const short = rows([[...batch.inputs.data.slice(0, 6)]], [batch.labels[0] as number]);
  for (const b of [withEntry(0, (batch.inputs.data[0] as number) + 1e-6), { ...batch, labels }, short])
    assert.equal(certify(model, gradient, b).verdict, 'fails');
});
test('the certificate respects the reduction', () => {
  const sum = captureGradient(model, batch, { reduction: 'sum' });
  assert.equal(certify(model, sum, batch).verdict, 'holds');
  assert.equal(certify(model, sum, batch, { reduction: 'mean' }).verdict, 'fails');
});
test('a float32 gradient is held against a float32 floor', () => {
  const proof = certify(model, captureGradient(model, batch, { precision: 'float32' }), batch);
  assert.equal(proof.verdict, 'holds');
  assert.ok(proof.residual > 1e-9 && proof.residual < 1e-7);
});
test('certify names what does not fit', () => {
  assert.throws(() => certify(model, gradient, rows([], [])), /batch is empty/);
  assert.throws(() => certify(model, gradient, rows([[1]], [0])), /samples have 1 entries, expected 6/);
});
