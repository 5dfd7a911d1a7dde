import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arithmeticNoise, roundoff } from '../../src/gradient/arithmeticNoise';
import { captureGradient } from '../../src/gradient/captureGradient';
import { gradientDifference } from '../../src/gradient/gradientDifference';
import { gradientState } from '../../src/gradient/gradientState';
import { slackAgreement } from '../../src/gradient/slackAgreement';
import { loss } from '../../src/model/loss';
import type { AveragedGradient } from '../../src/types';
import { trainedFixtures } from '../support/trainedFixtures';

type Fixture = (typeof trainedFixtures)[number];

/** Whether two gradients computed in float32 differ by no more than their rounding: by sqrt 2 of what one may be off. */
function agree({ model, batch, reduction }: Fixture, one: AveragedGradient, other: AveragedGradient): boolean {
  const samples = batch.labels.length;
  const shares = new Float64Array(samples).fill(reduction === 'mean' ? 1 / samples : 1);
  const state = gradientState(model, batch, { shares });
  const noise = arithmeticNoise(model, state, batch.labels, Math.SQRT2 * roundoff.float32);
  const gap = gradientDifference(one.gradients, other.gradients);
  return slackAgreement(model, one.gradients, gap, state, noise).agreement.holds;
}

for (const fixture of trainedFixtures)
  test(`${fixture.name}: captureGradient in float32 is PyTorch's gradient to the rounding of both`, () => {
    const { model, batch, gradient, reduction } = fixture;
    assert.equal(gradient.precision, 'float32');
    assert.ok(Math.abs(loss(model, batch, reduction) / fixture.loss - 1) < 1e-3);
    assert.ok(agree(fixture, gradient, captureGradient(model, batch, { reduction, precision: 'float32' })));
    const bent = { ...batch, inputs: { ...batch.inputs, data: batch.inputs.data.map((v) => v * (1 + 1e-4)) } };
    assert.ok(!agree(fixture, gradient, captureGradient(model, bent, { reduction, precision: 'float32' })));
  });

test('the trained networks are confident: some sample leaves less than 1e-6 of a doubt', () => {
  const doubts = trainedFixtures.map((f) => f.leastDoubt);
  assert.ok(Math.min(...doubts) < 1e-6 && Math.max(...doubts) > 1e-2, `${doubts}`);
});
