import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { captureGradient } from '../../src/gradient/captureGradient';
import { normal, rng } from '../../src/math/rng';
import { mlp } from '../../src/model/mlp';
import { refine } from '../../src/reconstruction/fit/refine';
import { score } from '../../src/verification/certificate/score';

const model = mlp({ widths: [20, 64, 32, 5], seed: 1 });
const truth = gaussian({ size: 6, dimension: 20, classes: 5, seed: 2 });
const moved = (size: number) => {
  const u = rng(3);
  return { ...truth, inputs: { ...truth.inputs, data: truth.inputs.data.map((v) => v + size * normal(u)) } };
};

test('refine brings inputs that are off by 1e-4 back to rounding, in two hidden layers', () => {
  const gradient = captureGradient(model, truth);
  const refined = refine(model, gradient, moved(1e-4), { goal: 1e-14 });
  assert.ok(refined.residual < 1e-13, `${refined.residual}`);
  assert.ok(score(refined.batch, truth).mse.max < 1e-24);
});
test('refine stops at the float32 floor of a float32 gradient, for sum as for mean', () => {
  const gradient = captureGradient(model, truth, { precision: 'float32', reduction: 'sum' });
  const refined = refine(model, gradient, moved(1e-4), { goal: 1e-9 });
  assert.ok(refined.residual < 2e-7, `${refined.residual}`);
  assert.ok(score(refined.batch, truth).mse.max < 1e-12);
});
test('refine never makes it worse, even with a wrong label', () => {
  const gradient = captureGradient(model, truth);
  const labels = truth.labels.slice();
  labels[0] = ((labels[0] as number) + 1) % 5;
  const start = refine(model, gradient, { ...truth, labels }, { goal: 0, steps: 0 }).residual;
  const end = refine(model, gradient, { ...truth, labels }, { goal: 0 }).residual;
  assert.ok(end <= start && end > 1e-3, `${start} -> ${end}`);
});
