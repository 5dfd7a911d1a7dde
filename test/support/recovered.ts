import assert from 'node:assert/strict';
import type { Estimate } from '../../src/baselines/estimate';
import type { Batch } from '../../src/types';
import { matchBatches } from '../../src/verification/certificate/matchBatches';

/** Fails unless each true sample has an estimate of its own within a root mean square error of 1e-6, with its label. */
export function assertWhole({ inputs, labels, status }: Estimate, truth: Batch): void {
  assert.equal(status, 'estimate');
  assert.equal(inputs.rows, truth.labels.length);
  for (const { found, truth: m, mse } of matchBatches({ inputs, labels }, truth)) {
    assert.ok(mse < 1e-12, `sample ${m}: MSE ${mse}`);
    assert.equal(labels[found], truth.labels[m]);
  }
}
