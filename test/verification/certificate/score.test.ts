import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../../src/math/matrix';
import type { Batch } from '../../../src/types';
import { score } from '../../../src/verification/certificate/score';
import { close } from '../../support/closeness';

const rows = (values: number[][], labels: number[]): Batch => ({
  inputs: fromRows(values),
  labels: Int32Array.from(labels),
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
