import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeAnswer } from '../../src/experiments/judgeAnswer';
import { reconstruct } from '../../src/reconstruction/reconstruct';
import { certify } from '../../src/verification/certificate/certify';
import { trainedFixtures } from '../support/trainedFixtures';

test('the certificate holds for the batch of each float32 gradient that PyTorch computed in a trained network', () => {
  for (const { name, model, gradient, batch } of trainedFixtures) {
    const { verdict, worstRow } = certify(model, gradient, batch);
    assert.equal(verdict, 'holds', `${name}: ${worstRow}`);
  }
});
test('and it fails for the same batch with one label changed', () => {
  for (const { name, model, gradient, batch } of trainedFixtures) {
    const labels = batch.labels.map((y, m) => (m === 0 ? (y + 1) % 5 : y));
    assert.equal(certify(model, gradient, { ...batch, labels }).verdict, 'fails', name);
  }
});
test('reconstruct never refuses them, calls nothing exact that is not, and finds nine in ten within their bars', () => {
  let [within, samples, exact] = [0, 0, 0];
  for (const { name, model, gradient, batch } of trainedFixtures) {
    const found = reconstruct(model, gradient);
    const judged = judgeAnswer(found, batch);
    assert.notEqual(found.status, 'inconsistent', name);
    assert.equal(judged.false, 0, `${name}: ${found.reason}`);
    if (found.status === 'exact') exact++;
    within += judged.within;
    samples += batch.labels.length;
  }
  assert.ok(within >= 0.9 * samples, `${within} of ${samples}`);
  assert.ok(exact > 0, 'some are called exact, or the claim above would be empty');
});
