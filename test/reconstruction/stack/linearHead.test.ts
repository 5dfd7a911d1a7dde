import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { dlgLenet } from '../../../src/model/victims';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import { certify } from '../../../src/verification/certificate/certify';
import { uniformBatch } from '../../support/uniformBatch';

const net = dlgLenet({ classes: 10, seed: 1 });
for (const M of [1, 3]) {
  const secret = uniformBatch(M, 3072, 10, 2);
  const shared = captureGradient(net, secret);
  test(`of ${M} behind a head of one linear layer reconstruct claims nothing, and says why`, () => {
    const found = reconstruct(net, shared);
    assert.deepEqual([found.status, found.samples.length], ['not-unique', 0]);
    assert.match(found.reason, /the head has no hidden layer/);
  });
  test(`certify holds for ${M} through sigmoids, and fails where a pixel is off`, () => {
    assert.equal(certify(net, shared, secret).verdict, 'holds');
    const data = secret.inputs.data.slice();
    data[1000]! += 0.01;
    assert.equal(certify(net, shared, { ...secret, inputs: { ...secret.inputs, data } }).verdict, 'fails');
  });
}
