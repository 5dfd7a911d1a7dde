import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mnist } from '../../../src/data/mnist';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { fromRows, matrix } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { mlp, mlpOf } from '../../../src/model/mlp';
import type { Batch, Mlp } from '../../../src/types';
import { certify } from '../../../src/verification/certificate/certify';
import { type WitnessOptions, witness } from '../../../src/verification/witness/witness';
import { oneNeuron } from '../../support/oneNeuron';

function gaussian(M: number, d0: number, K: number, seed: number): Batch {
  const u = rng(seed);
  const inputs = matrix(
    M,
    d0,
    Float64Array.from({ length: M * d0 }, () => normal(u)),
  );
  return { inputs, labels: Int32Array.from({ length: M }, () => Math.floor(u() * K)) };
}

function holds(model: Mlp, batch: Batch, options: WitnessOptions = {}) {
  const found = witness(model, batch, options);
  assert.equal(found.exists, true, found.reason);
  assert.ok((found.residual as number) <= 1e-12, `residual ${found.residual}`);
  assert.ok(found.distance > 0.1, `distance ${found.distance}`);
  assert.equal(certify(model, captureGradient(model, batch), found.batch as Batch).verdict, 'holds');
  assert.deepEqual(found.batch?.labels, batch.labels);
  return found;
}

test('two samples and one neuron: the unseen inputs of the witness moved, the seen ones did not', () => {
  const batch = {
    inputs: fromRows([
      [1, 5],
      [2, 7],
    ]),
    labels: Int32Array.of(0, 1),
  };
  const { batch: second } = holds(oneNeuron, batch);
  assert.deepEqual([second?.inputs.data[0], second?.inputs.data[2]], [1, 2]);
});
test('more samples than neurons have a closed-form witness', () => {
  assert.equal(holds(mlp({ widths: [30, 8, 4], seed: 3 }), gaussian(24, 30, 4, 4)).method, 'closed-form');
});
test('a deep network has one too', () => {
  holds(mlp({ widths: [30, 8, 8, 4], seed: 3 }), gaussian(24, 30, 4, 4));
});
test('two copies of a sample in a batch: one moves against the other', () => {
  const { inputs } = gaussian(1, 30, 4, 5);
  const batch = { inputs: fromRows([inputs.data, inputs.data]), labels: Int32Array.of(1, 1) };
  holds(mlp({ widths: [30, 12, 4], seed: 3 }), batch);
});
test('equal patterns and labels with two classes: parallel deltas, so a witness', () => {
  const { inputs } = gaussian(1, 30, 2, 6);
  const near = inputs.data.map((v, k) => v * (1 + 1e-3 * (k % 3)));
  holds(mlp({ widths: [30, 12, 2], seed: 3 }), { inputs: fromRows([inputs.data, near]), labels: Int32Array.of(1, 1) });
});
test('a sample that no neuron hears can be anything that stays silent', () => {
  const model = mlp({ widths: [6, 4, 3], seed: 1 });
  const silent = mlpOf([{ ...model.dense[0]!, bias: new Float64Array(4).fill(-50) }, model.dense[1]!]);
  holds(silent, gaussian(2, 6, 3, 1));
});
test('fewer inputs than neurons: no closed form, the manifold is followed by Gauss-Newton', () => {
  assert.equal(holds(mlp({ widths: [4, 6, 3], seed: 4, init: 'he' }), gaussian(12, 4, 3, 54)).method, 'manifold');
});
test('a witness stays inside its bounds', () => {
  const u = rng(9);
  const inputs = matrix(
    24,
    30,
    Float64Array.from({ length: 720 }, () => 0.2 + 0.6 * u()),
  );
  const { batch } = holds(
    mlp({ widths: [30, 8, 4], seed: 3 }),
    { inputs, labels: new Int32Array(24) },
    { bounds: [0, 1] },
  );
  for (const v of batch?.inputs.data ?? []) assert.ok(0 <= v && v <= 1);
});
test('without a closed form, entries on a bound stay there while the manifold is followed', () => {
  const u = rng(2);
  const inputs = matrix(
    12,
    4,
    Float64Array.from({ length: 48 }, () => (u() < 0.3 ? 0 : u())),
  );
  const batch = { inputs, labels: Int32Array.from({ length: 12 }, () => Math.floor(u() * 3)) };
  const model = mlp({ widths: [4, 6, 3], seed: 2, init: 'he' });
  const { batch: second, method } = holds(model, batch, { bounds: [0, 1] });
  assert.equal(method, 'manifold');
  const dark = [...inputs.data.keys()].filter((k) => inputs.data[k] === 0);
  assert.ok(dark.length > 5 && dark.every((k) => second?.inputs.data[k] === 0));
  assert.ok(second?.inputs.data.every((v) => 0 <= v && v <= 1));
});
test('samples at a bound of the unseen input: deltas of opposite sign let both rise, of equal sign neither', () => {
  const dark = fromRows([
    [1, 0],
    [2, 0],
  ]);
  const bounds = [0, 10] as const;
  const { batch: second } = holds(oneNeuron, { inputs: dark, labels: Int32Array.of(0, 1) }, { bounds });
  assert.deepEqual([second?.inputs.data[0], second?.inputs.data[2]], [1, 2]);
  assert.ok(second!.inputs.data[1]! > 0 && second!.inputs.data[3]! > 0);
  const none = witness(oneNeuron, { inputs: dark, labels: Int32Array.of(0, 0) }, { bounds });
  assert.equal(none.exists, false);
  assert.match(none.reason, /in general position there is none; without bounds there is a witness/);
});
for (const seed of [1, 10])
  test(`64 MNIST digits in 32 neurons, seed ${seed}: another batch within [0, 1], black pixels included`, async () => {
    const digits = (await mnist()).draw({ size: 64, seed });
    const { batch: second, distance } = holds(mlp({ widths: [784, 32, 10], seed }), digits, { seed, bounds: [0, 1] });
    assert.ok(second?.inputs.data.every((v) => 0 <= v && v <= 1));
    const lit = digits.inputs.data.filter((v, k) => v === 0 && second!.inputs.data[k]! > 1e-3).length;
    assert.ok(lit > 1000 && distance > 0.15, `${lit} black pixels lit, distance ${distance}`);
  });
test('yes-or-no inputs of few spare combinations have no way inside the bounds, and the reason counts why', () => {
  const u = rng(2);
  const inputs = matrix(
    20,
    30,
    Float64Array.from({ length: 600 }, () => (u() < 0.3 ? 1 : 0)),
  );
  const batch = { inputs, labels: Int32Array.from({ length: 20 }, (_, m) => m % 4) };
  const model = mlp({ widths: [30, 16, 4], seed: 3 });
  assert.equal(witness(model, batch).exists, true);
  const inside = witness(model, batch, { bounds: [0, 1] });
  assert.deepEqual([inside.exists, inside.batch], [false, undefined]);
  assert.match(inside.reason, /statistical dimension|no input has a combination/);
});
test('where the Jacobian has full rank there is no witness, and rank and margin are given', () => {
  const found = witness(mlp({ widths: [20, 40, 5], seed: 1 }), gaussian(3, 20, 5, 1));
  assert.equal(found.exists, false);
  assert.match(found.reason, /full rank 60 of 60/);
  assert.deepEqual([found.residual, found.jacobian.rank, found.batch], [null, 60, undefined]);
});
test('equal seeds give equal witnesses, others another one', () => {
  const [model, batch] = [mlp({ widths: [30, 8, 4], seed: 3 }), gaussian(24, 30, 4, 4)];
  assert.deepEqual(witness(model, batch, { seed: 5 }), witness(model, batch, { seed: 5 }));
  assert.notDeepEqual(witness(model, batch, { seed: 5 }).batch, witness(model, batch, { seed: 6 }).batch);
});
test('a walk along the manifold shows how far it is and can be stopped', () => {
  const [model, batch] = [mlp({ widths: [4, 6, 3], seed: 4, init: 'he' }), gaussian(12, 4, 3, 54)];
  const stop = new AbortController();
  const seen: number[] = [];
  const onProgress = (fraction: number): void => {
    if (seen.push(fraction) === 3) stop.abort();
  };
  assert.throws(() => witness(model, batch, { signal: stop.signal, onProgress, distance: 5 }), { name: 'AbortError' });
  assert.ok(seen.length === 3 && seen[0] === 0 && (seen[2] as number) > 0, `${seen}`);
});
test('witness refuses a batch outside its bounds by value', () => {
  assert.throws(
    () => witness(oneNeuron, { inputs: fromRows([[1, 5]]), labels: Int32Array.of(0) }, { bounds: [0, 1] }),
    /holds 5, outside the bounds \[0, 1\]/,
  );
});
