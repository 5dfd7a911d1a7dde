import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as data from '../../../src/data';
import { pick } from '../../../src/data/draw';
import { type LocalUpdateOptions, localUpdate } from '../../../src/gradient/localUpdate';
import { fromRows, row } from '../../../src/math/matrix';
import { mlp } from '../../../src/model/mlp';
import { train } from '../../../src/model/sgd';
import { reconstructUpdate } from '../../../src/reconstruction/reconstructUpdate';
import { reconstructUpdateAsync } from '../../../src/reconstruction/reconstructUpdateAsync';
import { type Reconstruction, recovered } from '../../../src/reconstruction/result';
import type { Batch, ModelUpdate } from '../../../src/types';
import { certifyUpdate } from '../../../src/verification/certificate/certifyUpdate';
import { score } from '../../../src/verification/certificate/score';
import { randomBatch } from '../../support/random';
import { after, before, sample } from '../../support/threeNeuronUpdate';
import { updateFixtures } from '../../support/updateFixtures';

const model = mlp({ widths: [784, 512, 10], seed: 7 });
const drawn = async (size: number, seed: number): Promise<Batch> => (await data.mnist()).draw({ size, seed });

/** Exact, with every sample within a squared error of the truth, and proven by the certificate's own replay. */
function provesItself(update: ModelUpdate, secret: Batch, error: number): Reconstruction {
  const found = reconstructUpdate(update);
  assert.equal(found.status, 'exact', found.reason);
  const { pairs } = score(recovered(found), secret);
  assert.equal(pairs.length, secret.labels.length);
  for (const { mse, labelMatches } of pairs) assert.ok(mse < error && labelMatches, `${mse}`);
  const errors = found.samples.map((s) => ('error' in s ? s.error : 0));
  const order = found.training?.order ?? [];
  assert.equal(certifyUpdate(update, recovered(found), { order, errors }).verdict, 'holds');
  return found;
}

test('a pair that the rounding of one small float32 step hides is not passed for its mean', () => {
  // 1.2e-2 apart; the fitted mean leaves a third of the noise, and pairs about it six times as much, which is still no more than the noise
  const inputs = fromRows([
    [-0.37044, 0.949228, -1.65042, 1.00653, 1.26032, -0.219328, 0.458294, -1.29502],
    [-0.375319, 0.947429, -1.63165, 1.01177, 1.26305, -0.246488, 0.462257, -1.30388],
  ]);
  const secret = { inputs, labels: Int32Array.of(0, 0) };
  const small = mlp({ widths: [8, 64, 3], seed: 2874 });
  const update = localUpdate(small, secret, { rate: 0.001, epochs: 1, precision: 'float32', seed: 2874 });
  const found = reconstructUpdate(update, { seconds: 5 });
  assert.deepEqual([found.batchSize, found.status], [1, 'approximate']);
});
test('two steps worked on paper give their sample back', () => {
  const found = reconstructUpdate({ before, after, rate: 1, epochs: 2, precision: 'float64' });
  assert.equal(found.status, 'exact', found.reason);
  assert.ok(Math.abs((recovered(found).inputs.data[0] as number) - Math.log(3)) < 1e-13);
  assert.deepEqual([...recovered(found).labels], [...sample.labels]);
});

for (const { name, update, batch, order } of updateFixtures)
  test(`${name}: the batch comes back whole from PyTorch's float32 update, proven`, () => {
    const found = provesItself(update, batch, 1e-9);
    const names = score(recovered(found), batch).pairs;
    const truth = (m: number): number => names.find((p) => p.found === m)?.truth as number;
    const steps = (found.training?.order ?? []).map((part) => part.map(truth).sort((a, b) => a - b));
    assert.deepEqual(
      steps,
      order.map((part) => [...part].sort((a, b) => a - b)),
    );
  });

const settings: readonly (readonly [number, LocalUpdateOptions, number])[] = [
  [8, { rate: 0.1, epochs: 1 }, 1e-24],
  [16, { rate: 0.1, epochs: 5 }, 1e-24],
  [16, { rate: 0.1, epochs: 20 }, 1e-24],
  [32, { rate: 0.05, epochs: 5 }, 1e-24],
  [16, { rate: 0.1, epochs: 2, batchSize: 4 }, 1e-24],
  [32, { rate: 0.1, epochs: 1, batchSize: 8 }, 1e-24],
  [16, { rate: 0.1, epochs: 5, precision: 'float32' }, 1e-10],
  [16, { rate: 0.01, epochs: 5, precision: 'float32' }, 1e-10],
];
for (const [size, options, error] of settings)
  test(`${size} digits whole and proven after ${JSON.stringify(options)}`, async () => {
    const secret = await drawn(size, 3);
    provesItself(localUpdate(model, secret, options), secret, error);
  });

test('a trained network gives its batch away too', async () => {
  const digits = await data.mnist();
  const { model: trained } = await train(model, digits, { steps: 300, seed: 2 });
  const secret = digits.draw({ size: 16, seed: 9 });
  provesItself(localUpdate(trained, secret, { rate: 0.05, epochs: 5 }), secret, 1e-18);
});

test('a training that is stated wrong is never proven', () => {
  const [whole, parts] = updateFixtures.map(({ update }) => update) as [ModelUpdate, ModelUpdate];
  for (const update of [
    { ...whole, rate: 0.101 },
    { ...whole, epochs: 4 },
    { ...whole, epochs: 3, batchSize: 4 },
    { ...parts, batchSize: 4 },
    { ...parts, epochs: 1 },
  ]) {
    const found = reconstructUpdate(update, { patience: 100, seconds: 5 });
    assert.equal(found.status, 'partial');
    assert.match(found.reason, /none is called exact/);
  }
});

test('a smaller last mini-batch that may be one sample twice is not called exact', () => {
  const own = randomBatch(3, 60, 5, 1);
  const rate = { rate: 0.01, epochs: 1, batchSize: 2 };
  const found = reconstructUpdate(localUpdate(mlp({ widths: [60, 128, 5], seed: 1 }), own, rate));
  assert.equal(found.status, 'approximate', found.reason);
  assert.match(found.reason, /might hold its samples several times/);
});

test('equal samples are not called exact, nor is a batch in which every sample is a pair that hardly differs', () => {
  const net = mlp({ widths: [20, 64, 5], seed: 1 });
  const own = randomBatch(6, 20, 5, 1);
  const equal = pick(own, [0, 0, 1, 2, 3, 4, 5]);
  assert.notEqual(reconstructUpdate(localUpdate(net, equal, { rate: 0.1, epochs: 3 })).status, 'exact');
  const near = pick(own, [0, 0, 1, 1]);
  row(near.inputs, 0)[0] += 1e-2;
  row(near.inputs, 2)[3] += 1e-2;
  const found = reconstructUpdate(localUpdate(net, near, { rate: 0.001, epochs: 2, precision: 'float32' }));
  assert.notEqual(found.status, 'exact', found.reason);
});

test('a batch of one label, and two classes', () => {
  const own = { ...randomBatch(6, 20, 5, 1), labels: new Int32Array(6).fill(2) };
  provesItself(localUpdate(mlp({ widths: [20, 96, 5], seed: 1 }), own, { rate: 0.1, epochs: 4 }), own, 1e-20);
  const two = randomBatch(4, 20, 2, 3);
  provesItself(localUpdate(mlp({ widths: [20, 96, 2], seed: 1 }), two, { rate: 0.1, epochs: 4 }), two, 1e-20);
});

test('what cannot be read says why: no biases, more samples than the layer is wide', () => {
  const reason = (widths: number[], biases: boolean, own: Batch): string => {
    const found = reconstructUpdate(localUpdate(mlp({ widths, biases }), own, { rate: 0.1, epochs: 2 }));
    assert.equal(found.status, 'not-unique');
    return found.reason;
  };
  assert.match(reason([20, 64, 5], false, randomBatch(6, 20, 5, 1)), /without biases/);
  assert.match(reason([20, 16, 5], true, randomBatch(19, 20, 5, 2)), /rank/);
});

for (const [widths, size, precision, error] of [
  [[784, 512, 512, 10], 16, 'float64', 1e-24],
  [[784, 256, 128, 64, 10], 8, 'float64', 1e-24],
  [[784, 512, 512, 10], 8, 'float32', 1e-10],
] as const)
  test(`${size} digits whole and proven through ${widths.length - 2} hidden layers after five ${precision} steps`, async () => {
    const secret = await drawn(size, 5);
    const deep = mlp({ widths: [...widths], seed: 3 });
    provesItself(localUpdate(deep, secret, { rate: 0.1, epochs: 5, precision }), secret, error);
  });

test('through several hidden layers no order of mini-batches is searched: the inputs come as estimates', async () => {
  const secret = await drawn(8, 6);
  const update = localUpdate(mlp({ widths: [784, 256, 64, 10], seed: 3 }), secret, {
    rate: 0.1,
    epochs: 2,
    batchSize: 4,
  });
  const found = reconstructUpdate(update);
  assert.equal(found.status, 'partial');
  assert.match(found.reason, /no order of mini-batches/);
  for (const { mse, labelMatches } of score(recovered(found), secret).pairs) assert.ok(mse < 1e-20 && labelMatches);
});

test('located samples come with what their patterns leave open while others are missing', async () => {
  const secret = await drawn(32, 3);
  const update = localUpdate(model, secret, { rate: 0.1, epochs: 20 });
  const controller = new AbortController();
  const onProgress = (fraction: number): void => {
    if (fraction >= 0.75 && fraction < 1) controller.abort();
  };
  const found = reconstructUpdate(update, { onProgress, signal: controller.signal });
  assert.equal(found.status, 'partial', found.reason);
  assert.equal(found.batchSize, 32);
  const own = found.samples.filter((s) => s.status === 'estimate');
  assert.ok(own.length >= 5, `${own.length} estimates: ${found.reason}`);
  const { pairs } = score(recovered(found), secret);
  assert.ok(pairs.every(({ labelMatches }) => labelMatches));
  const missing = 32 - own.length;
  assert.ok(
    own.every(({ reason }) => /samples are missing: the patterns of [\d.]+ %/.test(reason)),
    `${missing}`,
  );
  assert.ok(
    pairs.every(({ mse }) => mse < 0.1),
    `${Math.max(...pairs.map(({ mse }) => mse))}`,
  );
});

test('one step of a deeper network is attacked as its gradient', () => {
  const batch = randomBatch(3, 20, 5, 1);
  const update = localUpdate(mlp({ widths: [20, 64, 32, 5] }), batch, { rate: 0.5, epochs: 1 });
  const found = reconstructUpdate(update);
  for (const { mse } of score(recovered(found), batch).pairs) assert.ok(mse < 1e-12, `${found.status}: ${mse}`);
});

test('reconstructUpdateAsync gives the same answer for any number of workers, and stops when told', async () => {
  const secret = await drawn(24, 1);
  const update = localUpdate(model, secret, { rate: 0.1, epochs: 5 });
  const { seconds: _, ...here } = reconstructUpdate(update, { seed: 2 });
  const { seconds: __, ...there } = await reconstructUpdateAsync(update, { seed: 2, workers: 2 });
  assert.deepEqual(there, here);
  const stopped = await reconstructUpdateAsync(update, { workers: 2, signal: AbortSignal.abort() });
  assert.equal(stopped.status, 'not-unique');
  assert.match(stopped.reason, /it was stopped/);
});

test('reconstructUpdate names what does not fit', () => {
  const good = { before, after, rate: 1, epochs: 2, precision: 'float64' as const };
  assert.throws(
    () => reconstructUpdate({ ...good, after: mlp({ widths: [2, 3, 2] }) }),
    /widths 2,3,2, expected 1,3,2/,
  );
  assert.throws(() => reconstructUpdate({ ...good, after: before }), /the same weights: nothing to reconstruct/);
  assert.throws(() => reconstructUpdate({ ...good, momentum: 1 }), /momentum is 1, expected a number in \[0, 1\)/);
  assert.throws(() => reconstructUpdate({ ...good, rate: -1 }), /rate is -1, expected a positive number/);
  assert.throws(
    () => certifyUpdate({ ...good, batchSize: 1 }, { inputs: fromRows([[1], [2]]), labels: Int32Array.of(0, 1) }),
    /without order/,
  );
});
test('a single step that several steps are not found in is asked as a gradient too, within the same time', () => {
  const narrow = mlp({ widths: [20, 64, 4], seed: 1 });
  const secret = data.uniform({ size: 6, dimension: 20, classes: 4, seed: 1 });
  const found = reconstructUpdate(localUpdate(narrow, secret, { rate: 0.01, epochs: 1, precision: 'float32' }));
  assert.deepEqual([found.status, found.training?.order], ['partial', null], found.reason);
  const known = found.samples.flatMap((s) => (s.status === 'approximate' ? [s] : []));
  assert.ok(known.length > 0, found.reason);
  for (const { input, error, label } of known) {
    const errors = [...secret.labels.keys()].map((m) => {
      const x = row(secret.inputs, m);
      return Math.sqrt(input.reduce((sum, v, k) => sum + (v - x[k]!) ** 2, 0) / x.length);
    });
    const nearest = errors.indexOf(Math.min(...errors));
    assert.ok(errors[nearest]! <= 3 * error && secret.labels[nearest] === label, `${errors[nearest]} beside ${error}`);
  }
});
