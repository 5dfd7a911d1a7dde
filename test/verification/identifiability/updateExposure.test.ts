import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick } from '../../../src/data/draw';
import { exclusivityState } from '../../../src/exclusivity/exclusivityState';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { localUpdate, miniBatches } from '../../../src/gradient/localUpdate';
import { summedGradient } from '../../../src/gradient/summedGradient';
import { gemm } from '../../../src/math/gemm';
import { norm, row } from '../../../src/math/matrix';
import { descend } from '../../../src/model/descend';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import { reconstructUpdate } from '../../../src/reconstruction/reconstructUpdate';
import { recovered } from '../../../src/reconstruction/result';
import { score } from '../../../src/verification/certificate/score';
import { exposure } from '../../../src/verification/identifiability/exposure';
import { identifiability } from '../../../src/verification/identifiability/identifiability';
import { localDeltas } from '../../../src/verification/identifiability/localDeltas';
import { before, sample } from '../../support/threeNeuronUpdate';
import { uniformBatch } from '../../support/uniformBatch';

const model = mlp({ widths: [24, 96, 5], seed: 2 });
const batch = uniformBatch(8, 24, 5, 3);

test('exposure of one step on the whole batch counts the exclusive neurons and equations of the gradient', () => {
  const { samples, steps, rank, flips, drift, counts } = exposure(model, batch, { rate: 0.1, epochs: 1 });
  const { ranks, rank: ofGradient } = identifiability(model, batch);
  assert.deepEqual([steps, rank, flips], [1, ofGradient, 0]);
  assert.deepEqual(
    samples.map(({ exans, equations }) => [exans, equations]),
    exclusivityState(model, batch).counts.map(([exans], m) => [exans, ranks[m]]),
  );
  assert.ok(drift.largest < 1e-12, 'the head does not move before the gradient is taken');
  assert.equal(counts['exposed-exan'] + counts['exposed-pursuit'], 8);
});
test('exposure of two steps worked on paper: neurons 0 and 2 are the one sample’s own, neuron 1 is off in both', () => {
  const found = exposure(before, sample, { rate: 1, epochs: 2 });
  const [{ exans, zeros, equations, verdict }] = found.samples as [(typeof found.samples)[number]];
  assert.deepEqual([exans, zeros, equations, verdict, found.steps], [2, 1, 0, 'exposed-exan', 2]);
});
test('exclusive rows and zeros hold over the union of steps, each sample’s in those of its mini-batches', () => {
  const training = { rate: 0.5, epochs: 4, batchSize: 3, seed: 6 };
  const fires = Array.from({ length: 8 }, () => new Set<number>());
  const rests = Array.from({ length: 8 }, () => new Set<number>());
  let now = model;
  const parts = miniBatches(8, training, 6);
  for (const part of parts) {
    const own = pick(batch, part);
    const features = forward(now, own.inputs).features[1]!;
    part.forEach((m, i) => row(features, i).forEach((v, j) => (v > 0 ? fires : rests)[m]!.add(j)));
    now = descend(now, captureGradient(now, own).gradients, 0.5);
  }
  const found = exposure(model, batch, training);
  assert.equal(found.steps, 12);
  found.samples.forEach(({ zeros, exans }, m) => {
    assert.equal(zeros, 96 - fires[m]!.size);
    const others = fires.filter((_, k) => k !== m);
    assert.equal(exans, [...fires[m]!].filter((j) => others.every((o) => !o.has(j))).length);
  });
  const flipped = fires.reduce((sum, on, m) => sum + [...on].filter((j) => rests[m]!.has(j)).length, 0);
  assert.ok(flipped > 0 && Math.abs(found.flips - flipped / (8 * 96)) < 1e-12);
});
test('the deltas summed over the steps explain the update: D^T X is its weights', () => {
  const training = { rate: 0.3, epochs: 3, batchSize: 3, precision: 'float64', seed: 1 } as const;
  const { summed } = localDeltas(model, batch, training);
  const shared = summedGradient(localUpdate(model, batch, training))[0]!.weight.data;
  const explained = gemm(summed, batch.inputs, { a: true }).data;
  assert.ok(norm(explained.map((v, k) => v - shared[k]!)) < 1e-11 * norm(shared));
});
test('the error that float32 weights leave is foretold within a factor of three', () => {
  const net = mlp({ widths: [48, 128, 6], seed: 2 });
  const secret = uniformBatch(8, 48, 6, 5);
  for (const rate of [0.01, 0.3]) {
    const training = { rate, epochs: 3, precision: 'float32' } as const;
    const { samples, counts } = exposure(net, secret, training);
    assert.equal(counts.undetermined, 0);
    const found = reconstructUpdate(localUpdate(net, secret, training));
    for (const { truth, mse } of score(recovered(found), secret).pairs) {
      const ratio = Math.sqrt(mse) / samples[truth]!.error!;
      assert.ok(1 / 3 < ratio && ratio < 3, `${rate}: ${ratio}`);
    }
  }
});
test('what hides samples is said: rounding at a tiny rate, too few neurons off, too few neurons, equal samples', () => {
  const tiny = exposure(model, batch, { rate: 1e-6, epochs: 1, precision: 'float32' });
  assert.equal(tiny.counts.undetermined, 8);
  assert.match(
    tiny.samples[0]!.reason,
    /^the rounding of the weights leaves its entries \de[-+]\d, too much to see it/,
  );
  assert.match(tiny.summary, /^nothing shows that the update of 1 local step in float32 .* does not make them safe$/);
  const narrow = exposure(mlp({ widths: [24, 12, 5], seed: 1 }), batch, { rate: 0.1, epochs: 2 });
  assert.match(
    narrow.samples.find(({ verdict }) => verdict === 'undetermined')!.reason,
    /^\d neurons are off for it in every step and leave \d equations for its column, 7 are needed$/,
  );
  const few = exposure(mlp({ widths: [24, 6, 5], seed: 1 }), batch, { rate: 0.1, epochs: 2 });
  assert.match(few.samples[0]!.reason, /^the update has rank 6 for 8 samples: nothing tells them apart$/);
  const twice = exposure(model, pick(batch, [0, 0, 1]), { rate: 0.1, epochs: 2 });
  assert.deepEqual([twice.rank, twice.counts.undetermined], [2, 3]);
  assert.deepEqual(JSON.parse(JSON.stringify(twice)), twice);
});
test('exposure of an update refuses networks whose updates are not judged, and training that is not understood', () => {
  const training = { rate: 0.1, epochs: 2 };
  assert.throws(
    () => exposure(mlp({ widths: [24, 20, 20, 5], seed: 1 }), batch, training),
    /exposure: widths are 24,20,20,5, expected one hidden layer with biases/,
  );
  assert.throws(
    () => exposure(mlp({ widths: [24, 20, 5], seed: 1, biases: false }), batch, training),
    /expected one hidden layer with biases/,
  );
  const odd = { ...training, momentum: 0.9 };
  assert.throws(() => exposure(model, batch, odd), /momentum is 0.9, expected none/);
});
