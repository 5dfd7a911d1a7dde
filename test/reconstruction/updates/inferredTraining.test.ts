import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as data from '../../../src/data';
import { pick } from '../../../src/data/draw';
import { type LocalUpdateOptions, localUpdate } from '../../../src/gradient/localUpdate';
import { mlp } from '../../../src/model/mlp';
import { reconstructUpdate } from '../../../src/reconstruction/reconstructUpdate';
import { type Reconstruction, recovered } from '../../../src/reconstruction/result';
import type { Batch, ModelUpdate, ObservedUpdate, ToldTraining } from '../../../src/types';
import { certifyUpdate } from '../../../src/verification/certificate/certifyUpdate';
import { score } from '../../../src/verification/certificate/score';
import { randomBatch } from '../../support/random';
import { updateFixtures } from '../../support/updateFixtures';

const net = mlp({ widths: [20, 96, 5], seed: 1 });
const quick = { seconds: 5, patience: 200 };

/** The update with nothing but this told of its training. */
function told({ before, after, precision }: ModelUpdate, training: ToldTraining): ObservedUpdate {
  return { before, after, precision, ...training };
}

/** Exact, true, and proven by the certificate's own replay of the training inferred; from float32 it may be left open whether samples are near pairs. */
function exactly(update: ObservedUpdate, secret: Batch, error: number): NonNullable<Reconstruction['training']> {
  const found = reconstructUpdate(update);
  const open = update.precision === 'float32' && /might be the mean of several/.test(found.reason);
  assert.equal(found.status, open ? 'approximate' : 'exact', found.reason);
  const { pairs } = score(recovered(found), secret);
  assert.equal(pairs.length, secret.labels.length);
  for (const { mse, labelMatches } of pairs) assert.ok(mse < error && labelMatches, `${mse}`);
  const training = found.training as NonNullable<Reconstruction['training']>;
  const { order, inferred, rateError, others, ...trained } = training;
  assert.match(found.reason, /inferred: /);
  const { before, after, precision } = update;
  const errors = found.samples.map((s) => ('error' in s ? s.error : 0));
  const replayed = { ...trained, before, after, precision } as ModelUpdate;
  assert.equal(certifyUpdate(replayed, recovered(found), { order: order ?? [], errors }).verdict, 'holds');
  return training;
}

const [steps, epochs, heavy] = updateFixtures as [Fixture, Fixture, Fixture];
type Fixture = (typeof updateFixtures)[number];

test("from PyTorch's float32 update alone come batch, rate and steps", () => {
  const { update, batch } = steps;
  const found = exactly(told(update, {}), batch, 1e-9);
  assert.deepEqual(found.inferred, ['rate', 'epochs']);
  assert.deepEqual([found.rate, found.epochs, found.batchSize, found.others], [0.1, 5, undefined, undefined]);
  assert.deepEqual(exactly(told(update, { rate: 0.1 }), batch, 1e-9).inferred, ['epochs']);
  assert.deepEqual(exactly(told(update, { epochs: 5 }), batch, 1e-9).inferred, ['rate']);
});

test("in mini-batches by PyTorch, what is told least of is the rate, the number of epochs, or the mini-batches' size", () => {
  const all = { rate: 0.1, epochs: 2, batchSize: 3 };
  for (const { rate, epochs: passes, batchSize } of [
    { ...all, rate: undefined },
    { ...all, epochs: undefined },
    { ...all, batchSize: 'unknown' as const },
  ]) {
    const known = { ...(rate && { rate }), ...(passes && { epochs: passes }), batchSize };
    const found = exactly(told(epochs.update, known), epochs.batch, 1e-9);
    assert.deepEqual([found.rate, found.epochs, found.batchSize], [0.1, 2, 3]);
  }
  const found = exactly(told(heavy.update, { rate: 0.05, momentum: 0.9 }), heavy.batch, 1e-9);
  assert.deepEqual([found.epochs, found.batchSize, found.inferred], [2, 3, ['epochs', 'batchSize']]);
});

const settings: readonly LocalUpdateOptions[] = [
  { rate: 0.0371, epochs: 3 },
  { rate: 0.1, epochs: 20 },
  { rate: 0.05, epochs: 4, momentum: 0.9 },
  { rate: 0.1, epochs: 1, batchSize: 4 },
  { rate: 0.02, epochs: 1, batchSize: 2, momentum: 0.5 },
];
for (const options of settings)
  test(`nothing told: ${JSON.stringify(options)} is inferred, of float64 to the last places`, () => {
    const secret = randomBatch(6, 20, 5, 2);
    const { momentum, rate, epochs, batchSize } = options;
    const update = told(localUpdate(net, secret, options), momentum === undefined ? {} : { momentum });
    const found = exactly(update, secret, 1e-20);
    assert.deepEqual([found.epochs, found.batchSize], [epochs, batchSize]);
    assert.ok(Math.abs((found.rate as number) / rate - 1) < 1e-13);
  });

test('a batch of one label gives its training away too', () => {
  const secret = { ...randomBatch(6, 20, 5, 1), labels: new Int32Array(6).fill(2) };
  const found = exactly(told(localUpdate(net, secret, { rate: 0.1, epochs: 4 }), {}), secret, 1e-20);
  assert.deepEqual([found.rate, found.epochs], [0.1, 4]);
});

test('what is told is never corrected: a wrong rate, momentum or number of steps leaves nothing exact', () => {
  const secret = randomBatch(6, 20, 5, 1);
  for (const options of [
    { rate: 0.1, epochs: 3 },
    { rate: 0.1, epochs: 2, batchSize: 2 },
  ] as const) {
    const update = localUpdate(net, secret, options);
    const { rate, epochs, batchSize } = update;
    const size = batchSize === undefined ? {} : { batchSize };
    for (const wrong of [
      { rate: 1.001 * rate, epochs, ...size },
      { rate: rate / 2, epochs, ...size },
      { rate: 1.001 * rate },
      { rate, epochs, ...size, momentum: 0.9 },
      { momentum: 0.9 },
      { epochs: epochs + 1, ...size },
    ]) {
      const found = reconstructUpdate(told(update, wrong), quick);
      assert.ok(['partial', 'not-unique'].includes(found.status), `${found.status}: ${JSON.stringify(wrong)}`);
      for (const [key, value] of Object.entries(wrong))
        assert.equal(found.training?.[key as keyof typeof found.training], value);
    }
  }
});

test('where two trainings replay the update alike, which of them it was is said to be open', () => {
  const secret = randomBatch(4, 20, 5, 1);
  const update = localUpdate(net, secret, { rate: 1e-4, epochs: 3, precision: 'float32' });
  const { training, reason } = reconstructUpdate(told(update, {}), quick);
  const all = [training, ...(training?.others ?? [])].map((t) => t?.epochs);
  assert.ok(all.length > 1 && all.includes(3), `${all}`);
  assert.match(reason, /which of them it was is open/);
});

test('where no training tried replays the update, the options that would help are named', () => {
  const secret = randomBatch(6, 20, 5, 1);
  const update = localUpdate(net, secret, { rate: 0.1, epochs: 3, momentum: 0.9 });
  const { status, reason, training } = reconstructUpdate(told(update, {}), { seconds: 20 });
  assert.equal(status, 'partial');
  assert.match(reason, /to be told: rate, epochs \(steps, where each takes the whole batch\), batchSize/);
  assert.deepEqual(training, { order: null });
});

test('equal samples of one label come back with their number, and the replay holds', () => {
  const own = randomBatch(6, 20, 5, 1);
  for (const places of [
    [0, 0, 1, 2, 3, 4, 5],
    [0, 0, 0, 1, 1, 2, 3],
    [0, 0, 0, 1, 1, 2, 2],
  ])
    for (const precision of ['float64', 'float32'] as const) {
      const secret = pick(own, places);
      const update = localUpdate(net, secret, { rate: 0.1, epochs: 3, precision });
      for (const training of [{ rate: 0.1, epochs: 3 }, {}]) {
        const found = reconstructUpdate(told(update, training), { seconds: 20 });
        assert.equal(found.status, 'approximate', found.reason);
        assert.equal(found.batchSize, places.length);
        const copies = found.samples.map((s) => ('copies' in s ? s.copies : 1)).sort();
        assert.deepEqual(copies, places.map((m) => places.filter((k) => k === m).length).sort());
        for (const { mse, labelMatches } of score(recovered(found), secret).pairs)
          assert.ok(mse < 1e-9 && labelMatches);
        const errors = found.samples.map((s) => ('error' in s ? s.error : 0));
        const order = found.training?.order ?? [];
        assert.equal(certifyUpdate(update, recovered(found), { order, errors }).verdict, 'holds');
      }
    }
});

test('equal samples in mini-batches: every digit twice', async () => {
  const secret = pick((await data.mnist()).draw({ size: 12, seed: 3 }), [0, 0, 1, 1, 2, 2, 3, 3]);
  const digits = mlp({ widths: [784, 512, 10], seed: 7 });
  const update = localUpdate(digits, secret, { rate: 0.1, epochs: 2, batchSize: 4 });
  const found = reconstructUpdate(update, { seconds: 20 });
  assert.equal(found.status, 'approximate', found.reason);
  assert.equal(found.batchSize, 8);
  const order = found.training?.order ?? [];
  assert.deepEqual(order.slice(0, 2).flat().sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(certifyUpdate(update, recovered(found), { order }).verdict, 'holds');
});
