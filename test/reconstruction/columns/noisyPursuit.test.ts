import assert from 'node:assert/strict';
import { test } from 'node:test';
import { data, reconstructAsync } from '../../../src';
import { disturb } from '../../../src/experiments/robustness';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { gradientState } from '../../../src/gradient/gradientState';
import { normal, rng } from '../../../src/math/rng';
import { mlp, mlpOf } from '../../../src/model/mlp';
import { runHere } from '../../../src/reconstruction/columns/runHere';
import { gatherEvidence } from '../../../src/reconstruction/evidence/evidence';
import { weighBatch } from '../../../src/reconstruction/fit/weighBatch';
import { wholeBatch } from '../../../src/reconstruction/fit/wholeBatch';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import { hasInput, type RecoveredSample, recovered } from '../../../src/reconstruction/result';
import { noLimit } from '../../../src/reconstruction/working';
import type { AveragedGradient } from '../../../src/types';
import { matchBatches } from '../../../src/verification/certificate/matchBatches';
import { score } from '../../../src/verification/certificate/score';
import { uniformBatch } from '../../support/uniformBatch';

const model = mlp({ widths: [784, 512, 10], seed: 7 });

test('a batch of 32 digits comes back within error bars from added noise and from fp16, never as exact', async () => {
  const secret = (await data.mnist()).draw({ size: 32, seed: 1 });
  for (const [kind, level, limit] of [
    ['noise', 1e-12, 1e-12],
    ['noise', 1e-4, 1e-4],
    ['noise', 1e-2, 1e-2],
    ['fp16', 0, 1e-4],
  ] as const) {
    const found = reconstruct(model, disturb(captureGradient(model, secret), { kind, level }, 1));
    assert.deepEqual([found.status, found.method, found.batchSize], ['approximate', 'pursuit', 32], kind);
    assert.ok(found.samples.every((s) => s.status === 'approximate' && s.how === 'pursuit' && s.error > 0));
    const { mse, labelAccuracy, coverage } = score(recovered(found), secret);
    assert.deepEqual([labelAccuracy, coverage], [1, 1]);
    assert.ok(Math.sqrt(mse.max) < limit, `${kind} ${level}: ${Math.sqrt(mse.max)}`);
  }
});
test('error bars are calibrated: within a factor of 3 of the true error for 95 % of the samples', () => {
  const ratios: number[] = [];
  let whole = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const net = mlp({ widths: [48, 96, 6], seed, ...(seed % 2 ? { init: 'he' } : {}) });
    const batch = uniformBatch(8 + (seed % 8), 48, 6, seed);
    const level = [1e-12, 1e-8, 1e-6, 1e-4, 1e-3][seed % 5] as number;
    const found = reconstruct(net, disturb(captureGradient(net, batch), { kind: 'noise', level }, seed));
    assert.ok(found.samples.every((s: RecoveredSample) => s.status !== 'exact'));
    if (found.method !== 'pursuit' || found.status !== 'approximate') continue;
    whole++;
    for (const pair of matchBatches(recovered(found), batch))
      ratios.push(Math.sqrt(pair.mse) / (found.samples[pair.found]?.error as number));
  }
  const outside = ratios.filter((r) => !(r > 1 / 3 && r < 3)).length;
  assert.ok(whole >= 35, `only ${whole} of 40 batches by pursuit`);
  assert.ok(outside <= 0.05 * ratios.length, `${outside} of ${ratios.length} outside`);
});
test('another model, garbage, and a batch that noise leaves too little of give no sample by pursuit', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const net = mlp({ widths: [48, 96, 6], seed });
    const other = mlp({ widths: [48, 96, 6], seed: seed + 100 });
    const near = mlpOf(
      net.dense.map((layer) => {
        const u = rng(seed);
        return {
          ...layer,
          weight: { ...layer.weight, data: layer.weight.data.map((v) => v * (1 + 0.01 * normal(u))) },
        };
      }),
    );
    const batch = uniformBatch(12, 48, 6, seed);
    const gradient = captureGradient(net, batch);
    const u = rng(seed);
    const garbage: AveragedGradient = {
      ...gradient,
      gradients: gradient.gradients.map(({ weight, bias }) => ({
        weight: { ...weight, data: weight.data.map(() => normal(u)) },
        bias: (bias as Float64Array).map(() => normal(u)),
      })),
    };
    const nothing = (name: string, tried: typeof net, shared: AveragedGradient): void => {
      const found = reconstruct(tried, shared, { methods: ['pursuit'], seconds: 5 });
      assert.ok(found.status === 'inconsistent' || found.status === 'not-unique' || found.status === 'partial');
      assert.equal(found.samples.filter((s) => hasInput(s)).length, 0, `${name}, seed ${seed}`);
    };
    nothing('other', other, disturb(gradient, { kind: 'noise', level: 1e-6 }, seed));
    nothing('near', near, disturb(gradient, { kind: 'noise', level: 1e-4 }, seed));
    nothing('garbage', net, garbage);
    nothing('noise', net, disturb(gradient, { kind: 'noise', level: 0.3 }, seed));
  }
});
test('a batch with one wrong label or one foreign input does not pass for the gradient', () => {
  const net = mlp({ widths: [48, 96, 6], seed: 2, init: 'he' });
  const secret = uniformBatch(10, 48, 6, 3);
  const gradient = disturb(captureGradient(net, secret), { kind: 'noise', level: 1e-5 }, 1);
  const evidence = gatherEvidence(net, gradient);
  const passes = (batch: typeof secret): boolean => {
    const losses = gradientState(net, batch, { shares: new Float64Array(10).fill(0.1) }).deltas[1];
    assert.ok(losses);
    const whole = runHere(wholeBatch(evidence, { ...batch, losses, systems: [] }, noLimit));
    return whole !== null && runHere(weighBatch(evidence, whole, noLimit)).agreement.holds;
  };
  const labels = secret.labels.slice();
  labels[4] = ((labels[4] as number) + 1) % 6;
  const foreign = { ...secret.inputs, data: secret.inputs.data.slice() };
  foreign.data.set(uniformBatch(1, 48, 6, 99).inputs.data, 48 * 4);
  assert.deepEqual(
    [passes(secret), passes({ ...secret, labels }), passes({ ...secret, inputs: foreign })],
    [true, false, false],
  );
});
test('equal samples come back as often as they stand in the batch', () => {
  const net = mlp({ widths: [48, 96, 6], seed: 2, init: 'he' });
  const { inputs, labels } = uniformBatch(10, 48, 6, 3);
  inputs.data.copyWithin(48, 0, 48);
  labels[1] = labels[0] as number;
  const batch = { inputs, labels };
  const shared = disturb(captureGradient(net, batch), { kind: 'noise', level: 1e-6 }, 1);
  const found = reconstruct(net, shared, { methods: ['pursuit'] });
  assert.deepEqual([found.batchSize, score(recovered(found), batch).coverage], [10, 1]);
});
test('on all cores the answer is the same', async () => {
  const net = mlp({ widths: [48, 96, 6], seed: 3 });
  const batch = uniformBatch(12, 48, 6, 3);
  const shared = disturb(captureGradient(net, batch), { kind: 'noise', level: 1e-6 }, 1);
  const here = reconstruct(net, shared, { methods: ['pursuit'] });
  const there = await reconstructAsync(net, shared, { methods: ['pursuit'], workers: 2 });
  assert.equal(here.method, 'pursuit');
  assert.deepEqual({ ...there, seconds: 0 }, { ...here, seconds: 0 });
});
