import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data/synthetic';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { convNet } from '../../../src/model/convNet';
import { readConvNet, writeConvNet } from '../../../src/model/convNetFile';
import { convNetOf } from '../../../src/model/convNetOf';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import type { ConvNet } from '../../../src/types';
import { certify } from '../../../src/verification/certificate/certify';
import { countingLimits } from '../../../src/verification/identifiability/countingLimits';
import { temporaryFolder } from '../../support/temporary';

const at = temporaryFolder();

/** A network with sigmoids where it would have ReLUs, the head's hidden layers apart. */
function bent(head: readonly number[]): ConvNet {
  const input = { channels: 1, height: 8, width: 8 };
  const net = convNet({ input, plan: [16, 24], head, classes: 4, init: 'he', seed: 2 });
  return convNetOf(
    input,
    net.stack.map((layer) => (layer.kind === 'relu' ? { kind: 'sigmoid' } : layer)),
    net.head,
  );
}
const secret = gaussian({ size: 2, dimension: 64, classes: 4, seed: 3 });

for (const head of [[], [64]])
  test(`a stack with sigmoids is refused by name, and what is left is said; head [${head}]`, () => {
    const net = bent(head);
    const found = reconstruct(net, captureGradient(net, secret));
    assert.notEqual(found.status, 'exact');
    assert.match(
      found.stack?.stopped ?? '',
      /layer [13] of the stack \(sigmoid\) is never off.*rgap for one image, dlg, invertingGradients/,
    );
    assert.ok(found.samples.every((s) => s.status === 'not-recovered' || s.status === 'estimate'));
  });
test('the certificate of a stack with sigmoids holds for the batch in float64 and float32, and fails for another', () => {
  const net = bent([64]);
  for (const precision of ['float64', 'float32'] as const) {
    const gradient = captureGradient(net, secret, { precision });
    const own =
      precision === 'float64'
        ? secret
        : { ...secret, inputs: { ...secret.inputs, data: secret.inputs.data.map(Math.fround) } };
    assert.equal(certify(net, gradient, own).verdict, 'holds', precision);
    const moved = { ...own.inputs, data: own.inputs.data.map((v, k) => (k === 70 ? v + 1e-3 : v)) };
    assert.equal(certify(net, gradient, { ...own, inputs: moved }).verdict, 'fails', precision);
  }
});
test('sigmoids go through files, and counting knows that they leave no pattern', () => {
  const net = bent([64]);
  writeConvNet(at('net.safetensors'), at('net.json'), net);
  const kinds = readConvNet(at('net.safetensors'), at('net.json')).stack.map(({ kind }) => kind);
  assert.deepEqual(kinds, ['conv2d', 'sigmoid', 'conv2d', 'sigmoid']);
  assert.deepEqual(
    countingLimits(net).map(({ kind, largest }) => [kind, largest]),
    [
      ['refused', 0],
      ['refused', 0],
    ],
  );
});
