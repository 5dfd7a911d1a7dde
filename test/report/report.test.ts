import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { captureGradient } from '../../src/gradient/captureGradient';
import { mlp } from '../../src/model/mlp';
import { reconstruct } from '../../src/reconstruction/reconstruct';
import { align } from '../../src/report/align';
import { recoveredOrNone } from '../../src/report/finding';
import { reportOf } from '../../src/report/report';

const model = mlp({ widths: [8, 64, 3], seed: 1, init: 'he' });
const gradient = captureGradient(model, gaussian({ size: 2, dimension: 8, classes: 3, seed: 1 }));
const found = reconstruct(model, gradient);

test('reportOf says exact where attack and certificate agree, and is plain JSON', () => {
  const report = reportOf(model, gradient, found);
  assert.deepEqual([report.status, report.batchSize, report.certificate.verdict], ['exact', 2, 'holds']);
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});
test('reportOf takes exact back when the certificate fails, and says so', () => {
  const other = captureGradient(model, gaussian({ size: 2, dimension: 8, classes: 3, seed: 2 }));
  const report = reportOf(model, other, found);
  assert.deepEqual([report.status, report.certificate.verdict], ['approximate', 'fails']);
  assert.match(report.reason, /^the certificate fails: residual \d/);
});
test('reportOf of nothing recovered has a certificate that fails, with all of the gradient left', () => {
  const nothing = reconstruct(mlp({ widths: [8, 64, 3], seed: 9 }), gradient);
  assert.equal(recoveredOrNone(nothing), null);
  const report = reportOf(model, gradient, nothing);
  assert.deepEqual([report.status, report.certificate.verdict], ['inconsistent', 'fails']);
  assert.equal(report.certificate.residual, 1);
});
test('align pads every column but the last to its widest cell', () => {
  assert.deepEqual(
    align([
      ['a', 'long head', 'x'],
      ['longer', 'b', 'yes'],
    ]),
    ['a       long head  x', 'longer  b          yes'],
  );
});
