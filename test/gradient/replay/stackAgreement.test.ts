import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data/synthetic';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { fromRows, row } from '../../../src/math/matrix';
import { convNet } from '../../../src/model/convNet';
import { convNetOf } from '../../../src/model/convNetOf';
import { certify } from '../../../src/verification/certificate/certify';

const net = convNet({
  input: { channels: 1, height: 8, width: 8 },
  plan: [16, 'maxPool', 24],
  head: [20],
  classes: 4,
  init: 'he',
  seed: 2,
});
const drawn = gaussian({ size: 4, dimension: 64, classes: 4, seed: 3 });
const secret = { ...drawn, inputs: { ...drawn.inputs, data: drawn.inputs.data.map(Math.fround) } };

test('certify holds for the batch of a convolutional network, in every precision and reduction', () => {
  for (const precision of ['float64', 'float32', 'rounded'] as const)
    for (const reduction of ['mean', 'sum'] as const) {
      const { verdict, residual, tolerance, layers } = certify(
        net,
        captureGradient(net, secret, { precision, reduction }),
        secret,
      );
      assert.equal(verdict, 'holds', `${precision}, ${reduction}`);
      assert.ok(residual <= tolerance, `${residual} over ${tolerance}`);
      assert.equal(layers.length, 4);
    }
});

test('certify fails for a changed pixel, a changed label and a dropped sample', () => {
  for (const precision of ['float64', 'float32'] as const) {
    const gradient = captureGradient(net, secret, { precision });
    const pixel = {
      ...secret,
      inputs: { ...secret.inputs, data: secret.inputs.data.map((v, k) => (k === 70 ? v + 1e-3 : v)) },
    };
    const label = { ...secret, labels: secret.labels.map((y, m) => (m === 1 ? (y + 1) % 4 : y)) };
    const fewer = { inputs: fromRows([0, 1, 2].map((m) => row(secret.inputs, m))), labels: secret.labels.slice(0, 3) };
    for (const wrong of [pixel, label, fewer]) assert.equal(certify(net, gradient, wrong).verdict, 'fails');
  }
});

test('certify holds where the stack ends in a convolution, and where one stands on another', () => {
  const input = { channels: 1, height: 8, width: 8 };
  const fresh = convNet({ input, plan: [8, 8, 8], head: [20], classes: 4, init: 'he', seed: 2 });
  for (const without of [[5], [1, 3], [1, 3, 5]]) {
    const model = convNetOf(
      input,
      fresh.stack.filter((_, k) => !without.includes(k)),
      fresh.head,
    );
    for (const precision of ['float64', 'float32'] as const) {
      const gradient = captureGradient(model, secret, { precision });
      assert.equal(certify(model, gradient, secret).verdict, 'holds', `${without} ${precision}`);
      const inputs = { ...secret.inputs, data: secret.inputs.data.map((v, k) => (k === 70 ? v + 1e-3 : v)) };
      assert.equal(certify(model, gradient, { ...secret, inputs }).verdict, 'fails', `${without} ${precision}`);
    }
  }
});
