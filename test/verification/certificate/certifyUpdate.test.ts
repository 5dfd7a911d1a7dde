import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localUpdate, miniBatches } from '../../../src/gradient/localUpdate';
import { mlp } from '../../../src/model/mlp';
import { certifyUpdate } from '../../../src/verification/certificate/certifyUpdate';
import { replaced } from '../../support/closeness';
import { randomBatch } from '../../support/random';
import { after, before, sample } from '../../support/threeNeuronUpdate';
import { updateFixtures } from '../../support/updateFixtures';

test('the certificate of two steps worked on paper holds, and that of another input fails', () => {
  const update = { before, after, rate: 1, epochs: 2, precision: 'float64' } as const;
  assert.equal(certifyUpdate(update, sample).verdict, 'holds');
  const bent = { ...sample, inputs: { ...sample.inputs, data: sample.inputs.data.map((x) => x + 1e-9) } };
  assert.equal(certifyUpdate(update, bent).verdict, 'fails');
});

for (const { name, update, batch, order } of updateFixtures)
  test(`${name}: the truth is certified, and neither another order, rate, label nor input`, () => {
    const { verdict, worstRow } = certifyUpdate(update, batch, { order });
    assert.equal(verdict, 'holds');
    assert.ok(worstRow < 4, `${worstRow}`);
    const fails = (...args: Parameters<typeof certifyUpdate>): void =>
      assert.equal(certifyUpdate(...args).verdict, 'fails');
    const labels = batch.labels.map((y, m) => (m === 0 ? (y + 1) % 6 : y));
    const inputs = { ...batch.inputs, data: replaced(batch.inputs.data, 3, 0.5) };
    fails({ ...update, rate: update.rate * 1.0001 }, batch, { order });
    fails({ ...update, momentum: (update.momentum ?? 0) + 1e-4 }, batch, { order });
    fails(update, { ...batch, labels }, { order });
    fails(update, { ...batch, inputs }, { order });
    fails(update, batch, { order: order.slice(1) });
    if (update.batchSize) fails(update, batch, { order: [...order].reverse() });
  });

test('a deep network is certified too, whatever the attack can read', () => {
  const model = mlp({ widths: [12, 20, 16, 4], seed: 3 });
  const batch = randomBatch(5, 12, 4, 2);
  const training = { rate: 0.2, epochs: 3, batchSize: 2, momentum: 0.5 };
  for (const precision of ['float64', 'float32'] as const) {
    const update = localUpdate(model, batch, { ...training, precision, seed: 4 });
    assert.equal(certifyUpdate(update, batch, { order: miniBatches(5, training, 4) }).verdict, 'holds');
    assert.equal(certifyUpdate(update, batch, { order: miniBatches(5, training, 5) }).verdict, 'fails');
  }
});

test('certifyUpdate names what is missing or wrong', () => {
  const update = { before, after, rate: 1, epochs: 2, precision: 'float64' } as const;
  assert.throws(() => certifyUpdate(update, sample, { order: [[0], [1]] }), /order names samples that are not there/);
  assert.throws(() => certifyUpdate(update, sample, { errors: [0, 0] }), /2 errors for 1 samples/);
});
