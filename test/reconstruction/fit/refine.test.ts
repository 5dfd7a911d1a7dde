import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { arithmeticNoise, roundoff } from '../../../src/gradient/arithmeticNoise';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { gradientState } from '../../../src/gradient/gradientState';
import { normal, rng } from '../../../src/math/rng';
import { mlp } from '../../../src/model/mlp';
import { runHere } from '../../../src/reconstruction/columns/runHere';
import { type FitProblem, refine } from '../../../src/reconstruction/fit/refine';
import { noLimit } from '../../../src/reconstruction/working';
import type { AveragedGradient, DenseMatrix } from '../../../src/types';
import { score } from '../../../src/verification/certificate/score';

const model = mlp({ widths: [20, 64, 32, 5], seed: 1 });
const truth = gaussian({ size: 6, dimension: 20, classes: 5, seed: 2 });
const shares = new Float64Array(6).fill(1 / 6);
const state = gradientState(model, truth, { shares });
const losses = state.deltas[2] as DenseMatrix;

const problem = ({ gradients, precision }: AveragedGradient, labels = truth.labels): FitProblem => ({
  model,
  gradient: gradients,
  labels,
  shares,
  patterns: state.patterns,
  noise: arithmeticNoise(model, state, labels, roundoff[precision]),
});
/** Loss vectors that are off by a part of their size, as those of slightly wrong inputs are. */
const off = (part: number): DenseMatrix => {
  const u = rng(3);
  return { ...losses, data: losses.data.map((v) => v * (1 + part * normal(u))) };
};

test('refine brings loss vectors that are off by 1e-4, and the inputs that follow, back to rounding in two hidden layers', () => {
  const found = runHere(refine(problem(captureGradient(model, truth)), off(1e-4), noLimit));
  assert.ok(found);
  assert.ok(score({ ...truth, inputs: found.inputs }, truth).mse.max < 1e-24);
  assert.ok(found.losses.data.every((v, k) => Math.abs(v - (losses.data[k] as number)) < 1e-13));
});
test('refine ends at the float32 floor of a float32 gradient, and its error bars say where that is', () => {
  const found = runHere(refine(problem(captureGradient(model, truth, { precision: 'float32' })), off(1e-4), noLimit));
  assert.ok(found);
  for (const { found: m, mse } of score({ ...truth, inputs: found.inputs }, truth).pairs) {
    const ratio = Math.sqrt(mse) / (found.errors[m] as number);
    assert.ok(mse < 1e-11 && ratio < 3, `sample ${m}: ${mse}, ${ratio} error bars`);
  }
});
test('without steps refine gives the inputs that the loss vectors lead to, with wider bars', () => {
  const gradient = captureGradient(model, truth);
  const [rough, fine] = [0, 4].map((steps) => runHere(refine(problem(gradient), off(1e-4), noLimit, steps)));
  assert.ok(rough && fine);
  const error = ({ inputs }: { inputs: DenseMatrix }): number => score({ ...truth, inputs }, truth).mse.max;
  assert.ok(error(rough) > 1e6 * error(fine));
});
