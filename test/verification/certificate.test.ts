import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { captureGradient } from '../../src/gradient/captureGradient';
import { fromRows } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import type { Batch } from '../../src/types';
import { certify } from '../../src/verification/certificate';
import { matchBatches } from '../../src/verification/matchBatches';
import { score } from '../../src/verification/score';
import { ssim } from '../../src/verification/ssim';
import { close } from '../support/closeness';

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
  assert.equal(certify(model, sum, batch, 'mean').verdict, 'fails');
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

test('matchBatches finds the least total error, not the nearest first', () => {
  // greedy would give 0 -> 1 (error 1) and leave 1 -> 10 (81); the optimum is 0 -> 10? no: 0 -> -3 (9), 1 -> 1 (0)
  const pairs = matchBatches(rows([[0], [1]], [0, 0]), rows([[1], [-3]], [0, 0]));
  assert.deepEqual(
    pairs.map(({ found, truth, mse }) => [found, truth, mse]),
    [
      [0, 1, 9],
      [1, 0, 0],
    ],
  );
});
test('matchBatches leaves the surplus unmatched when sizes differ', () => {
  assert.equal(matchBatches(rows([[0], [5], [9]], [0, 0, 0]), rows([[5]], [0])).length, 1);
  assert.equal(matchBatches(rows([[4]], [0]), rows([[0], [5]], [0, 0]))[0]?.truth, 1);
});
test('score reports MSE, PSNR and label accuracy by hand: error 0.1 on one of two pixels', () => {
  const result = score(rows([[0.1, 0]], [1]), rows([[0, 0]], [1]));
  close(result.mse.max, 0.005, 1e-12);
  close(result.pairs[0]!.psnr, 10 * Math.log10(200), 1e-12);
  assert.equal(result.labelAccuracy, 1);
});
test('labels of samples that were not found count as missed', () => {
  assert.equal(score(rows([[0]], [1]), rows([[0], [1]], [1, 0])).labelAccuracy, 0.5);
});
test('ssim is 1 for equal pictures, and as worked by hand for two constant ones', () => {
  const shape = { height: 8, width: 8, channels: 1 };
  const grey = (v: number) => new Float64Array(64).fill(v);
  assert.equal(ssim(grey(0.3), grey(0.3), shape), 1);
  // variances 0: (2 * 0.5 * 0.25 + 1e-4) / (0.5^2 + 0.25^2 + 1e-4)
  close(ssim(grey(0.5), grey(0.25), shape), 0.2501 / 0.3126, 1e-9);
});
