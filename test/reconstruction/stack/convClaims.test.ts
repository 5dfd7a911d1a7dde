import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { matrix } from '../../../src/math/matrix';
import { rng } from '../../../src/math/rng';
import { type ConvNetOptions, convNet } from '../../../src/model/convNet';
import { convNetOf } from '../../../src/model/convNetOf';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import { type Reconstruction, recovered } from '../../../src/reconstruction/result';
import type { ActivationLayer, Batch, Precision } from '../../../src/types';
import { certify } from '../../../src/verification/certificate/certify';
import { convCase, spoiled } from '../../support/claims/convCase';
import { judgeClaims } from '../../support/claims/judgeClaims';

// test/bench/convClaims.mjs runs as many of these as one has time for
test('hard convolutional cases: nothing called exact is wrong, and no true gradient is refused', () => {
  const wrong: string[] = [];
  let [exact, samples] = [0, 0];
  // those that were called exact and were not, and the first ones
  const cases = [69, 92, ...Array(10).keys()].map((seed) => convCase(seed));
  const open = Array.from({ length: 20 }, (_, seed) => convCase(seed, true));
  const bent = Array.from({ length: 6 }, (_, seed) => convCase(seed, true, true)); // leaky ReLU and ReLU6
  for (const one of [...cases, ...open, ...bent]) {
    const { seed } = one;
    if (one.gradient.gradients.some(({ weight }) => weight.data.every((v) => v === 0))) continue;
    const found = reconstruct(one.model, one.gradient, { seconds: 1 });
    const judged = judgeClaims(one, found);
    for (const claim of judged.falseClaims) wrong.push(`seed ${seed}, ${one.title}: ${claim}`);
    if (judged.refused) wrong.push(`seed ${seed}, ${one.title}: refused`);
    if (found.status === 'exact') exact++;
    samples += judged.recovered;
    const [label, , dropped] = one.disturbed === 'no' ? spoiled(one) : [];
    for (const batch of [label, dropped])
      if (batch && certify(one.model, one.gradient, batch.batch).verdict === 'holds')
        wrong.push(`seed ${seed}, ${one.title}: the certificate holds with ${batch.how}`);
  }
  assert.deepEqual(wrong, []);
  assert.ok(exact >= 5 && samples >= 10, `${exact} exact, ${samples} samples: the cases are too hard to say anything`);
});

const input = { channels: 1, height: 8, width: 8 };

function noisePictures(size: number): Batch {
  const uniform = rng(size);
  const inputs = matrix(size, 64);
  return {
    inputs: { ...inputs, data: inputs.data.map(() => Math.fround(uniform())) },
    labels: Int32Array.from({ length: size }, (_, m) => m),
  };
}

function attacked(
  options: Pick<ConvNetOptions, 'plan'>,
  secret: Batch,
  precision: Precision,
  activation: ActivationLayer = { kind: 'relu' },
): { readonly found: Reconstruction; readonly holds: boolean } {
  const fresh = convNet({ input, head: [32], init: 'he', seed: 1, ...options });
  const stack = fresh.stack.map((layer) => (layer.kind === 'relu' ? activation : layer));
  const model = convNetOf(input, stack, fresh.head);
  const gradient = captureGradient(model, secret, { precision });
  const found = reconstruct(model, gradient, { seconds: 60 });
  return { found, holds: found.status === 'exact' && certify(model, gradient, recovered(found)).verdict === 'holds' };
}

const bent = [{ kind: 'relu' }, { kind: 'leakyRelu', slope: 0.1 }, { kind: 'relu6' }] as const;
for (const [precision, activation] of (['float64', 'float32'] as const).flatMap((p) =>
  bent.map((a) => [p, a] as const),
))
  test(`a network with enough filters gives its batch away, exactly, ${precision}, ${activation.kind}`, () => {
    const secret = noisePictures(2);
    const { found, holds } = attacked({ plan: [24, 'maxPool', 32] }, secret, precision, activation);
    assert.equal(found.status, 'exact', found.reason);
    assert.ok(holds, 'the certificate of the answer');
    assert.deepEqual(judgeClaims({ secret, disturbed: 'no' }, found).falseClaims, []);
    assert.deepEqual(
      found.stack?.steps.map(({ layer, kind }) => [layer, kind]),
      [[3, 'plain']],
    );
    assert.equal(found.stack?.lastHop?.solved, 2);
  });

test('average pooling ends the way down, and the answer says so', () => {
  const { found } = attacked({ plan: [2, 'averagePool'] }, noisePictures(2), 'float64');
  assert.ok(found.status === 'partial' || found.status === 'approximate', `${found.status}: ${found.reason}`);
  assert.match(found.stack?.stopped ?? '', /averagePool.* hides which positions were on/);
  assert.equal(found.stack?.steps.length, 0);
});

test('too few filters end the way down, and the answer counts them', () => {
  const { found } = attacked({ plan: [5, 'maxPool'] }, noisePictures(2), 'float64');
  assert.equal(found.status, 'partial', found.reason);
  assert.match(found.stack?.stopped ?? '', /45 equations for the 128 unknowns of each channel \(2 samples\)/);
  assert.ok(found.samples.some((s) => s.status === 'estimate' && /more than one/.test(s.reason)));
});

test('layers that the last hop does not take end the way down with the reason, and labels are kept', () => {
  const fresh = convNet({ input, plan: [24, 'averagePool'], head: [32], init: 'he', seed: 1 });
  const linear = fresh.stack.filter(({ kind }) => kind !== 'relu');
  const model = convNetOf(input, linear, fresh.head);
  const secret = noisePictures(2);
  const found = reconstruct(model, captureGradient(model, secret), { seconds: 60 });
  assert.equal(found.status, 'partial', found.reason);
  assert.match(found.stack?.stopped ?? '', /averagePool.* hides .*, and lastHop: no ReLU behind the last convolution/);
  assert.deepEqual(found.samples.map((s) => s.label).sort(), [0, 1]);
});

test('convolutions without an activation between them are read down, signs and all', () => {
  const fresh = convNet({ input, plan: [32, 32], head: [32], init: 'he', seed: 1 });
  const model = convNetOf(
    input,
    fresh.stack.filter(({ kind }) => kind !== 'relu'),
    fresh.head,
  );
  const secret = noisePictures(2);
  const found = reconstruct(model, captureGradient(model, secret), { seconds: 60 });
  assert.equal(found.status, 'exact', found.reason);
  assert.deepEqual(judgeClaims({ secret, disturbed: 'no' }, found).falseClaims, []);
});
