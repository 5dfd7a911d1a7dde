import assert from 'node:assert/strict';
import { test } from 'node:test';
import { data } from '../../../src';
import { disturb } from '../../../src/experiments/robustness';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { normal, rng } from '../../../src/math/rng';
import { mlp } from '../../../src/model/mlp';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import { hasInput, type Reconstruction, type RecoveredSample, recovered } from '../../../src/reconstruction/result';
import type { AveragedGradient, Batch } from '../../../src/types';
import { matchBatches } from '../../../src/verification/certificate/matchBatches';
import { score } from '../../../src/verification/certificate/score';
import { uniformBatch } from '../../support/uniformBatch';

const attack = (model: Parameters<typeof reconstruct>[0], gradient: AveragedGradient): Reconstruction =>
  reconstruct(model, gradient, { methods: ['exan'] });
const errorOf = (s?: RecoveredSample): number => (s && 'error' in s ? s.error : Number.NaN);
const model = mlp({ widths: [784, 512, 10], seed: 7 });
const digits = async (size: number): Promise<Batch> => (await data.mnist()).draw({ size, seed: 1 });

test('a batch of four digits is read from a gradient with 10 % noise, and from fp16 and int8, within error bars', async () => {
  const secret = await digits(4);
  for (const [kind, level, limit] of [
    ['noise', 0.1, 1e-4],
    ['noise', 1e-6, 1e-14],
    ['fp16', 0, 1e-8],
    ['int8', 0, 1e-5],
  ] as const) {
    const found = attack(model, disturb(captureGradient(model, secret), { kind, level }, 1));
    assert.deepEqual([found.status, found.batchSize, found.samples.length], ['approximate', 4, 4], kind);
    assert.ok(found.samples.every((s) => s.status === 'approximate' && s.error > 0));
    const { mse, labelAccuracy } = score(recovered(found), secret);
    assert.equal(labelAccuracy, 1, kind);
    assert.ok(mse.max < limit, `${kind} ${level}: ${mse.max}`);
  }
});
test('a pruned gradient has missing entries, not wrong ones: half of it gives the digits to rounding', async () => {
  const secret = await digits(4);
  const found = attack(model, disturb(captureGradient(model, secret), { kind: 'prune', level: 0.5 }, 1));
  const { mse, coverage } = score(recovered(found), secret);
  assert.equal(coverage, 1);
  assert.ok(mse.max < 1e-24, `${mse.max}`);
  assert.ok(found.samples.every((s) => s.status === 'approximate'));
});
test('error bars are calibrated: the true error is within a factor of 3 of them for 95 % of the samples', () => {
  const ratios: number[] = [];
  let whole = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const net = mlp({ widths: [40, 128, 5], seed, init: 'he' });
    const batch = uniformBatch(1 + (seed % 4), 40, 5, seed);
    const level = [1e-8, 1e-4, 1e-2, 0.1][seed % 4] as number;
    const found = attack(net, disturb(captureGradient(net, batch), { kind: 'noise', level }, seed));
    const known = found.samples.filter((s: RecoveredSample) => hasInput(s));
    assert.ok(
      known.every((s) => s.status === 'approximate'),
      `seed ${seed}`,
    );
    if (known.length === batch.inputs.rows) whole++;
    if (known.length === 0) continue;
    for (const pair of matchBatches(recovered(found), batch))
      ratios.push(Math.sqrt(pair.mse) / errorOf(known[pair.found]));
  }
  const outside = ratios.filter((r) => !(r > 1 / 3 && r < 3)).length;
  assert.ok(whole >= 40, `only ${whole} of 60 batches whole`);
  assert.ok(outside <= 0.05 * ratios.length, `${outside} of ${ratios.length} outside`);
});
test('a noisy gradient of another model, and garbage, give no sample at all', async () => {
  const secret = await digits(4);
  const other = mlp({ widths: [784, 512, 10], seed: 8 });
  for (const level of [1e-8, 1e-2, 0.1]) {
    const found = attack(other, disturb(captureGradient(model, secret), { kind: 'noise', level }, 2));
    assert.ok(found.status === 'inconsistent' || found.status === 'not-unique');
    assert.equal(found.samples.length, 0, `${level}`);
  }
  const u = rng(1);
  const noise = (values: Float64Array): Float64Array => values.map(() => normal(u));
  const garbage: AveragedGradient = {
    reduction: 'mean',
    precision: 'float64',
    gradients: model.dense.map(({ weight, bias }) => ({
      weight: { ...weight, data: noise(weight.data) },
      bias: noise(bias as Float64Array),
    })),
  };
  assert.equal(attack(model, garbage).samples.length, 0);
});
test('neurons that two samples of one label share do not pass for a sample: three of a kind at 3 % noise', async () => {
  const set = await data.mnist();
  const eights = [...set.labels.keys()].filter((n) => set.labels[n] === 8).slice(0, 3);
  const inputs = Float64Array.from(eights.flatMap((n) => [...set.inputs.data.subarray(n * 784, (n + 1) * 784)]));
  const secret = { inputs: { rows: 3, columns: 784, data: inputs }, labels: Int32Array.of(8, 8, 8) };
  const found = attack(model, disturb(captureGradient(model, secret), { kind: 'noise', level: 0.03 }, 1));
  const { mse, coverage } = score(recovered(found), secret);
  assert.equal(coverage, 1);
  assert.ok(mse.max < 1e-4, `${mse.max}`);
});
test('a gradient without noise gives what it gave before: exact samples, none approximate', async () => {
  const secret = await digits(8);
  for (const precision of ['float64', 'float32'] as const) {
    const found = attack(model, captureGradient(model, secret, { precision }));
    assert.equal(found.status, 'exact');
  }
});
test('approximate: false refuses a noisy gradient as the exact attack does', async () => {
  const gradient = disturb(captureGradient(model, await digits(2)), { kind: 'fp16', level: 0 }, 1);
  const refused = reconstruct(model, gradient, { methods: ['exan'], approximate: false });
  assert.deepEqual([refused.status, refused.samples.length], ['not-unique', 0]);
});
test('the sum over the batch is read like its mean', async () => {
  const secret = await digits(4);
  const gradient = captureGradient(model, secret, { reduction: 'sum' });
  const found = attack(model, disturb(gradient, { kind: 'noise', level: 1e-2 }, 1));
  assert.deepEqual([found.reduction, found.batchSize], ['sum', 4]);
  assert.ok(score(recovered(found), secret).mse.max < 1e-5);
});
