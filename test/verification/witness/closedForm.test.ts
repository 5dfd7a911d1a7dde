import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../../src/math/gemm';
import { dot, matrix, norm, plus, row } from '../../../src/math/matrix';
import { backward } from '../../../src/model/backward';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import type { Batch, DenseMatrix, Mlp } from '../../../src/types';
import { type ClosedForm, closedForm } from '../../../src/verification/witness/closedForm';
import { largestEntry, randomBatch, randomMatrix } from '../../support/random';

const deltaOf = (model: Mlp, batch: Batch): DenseMatrix =>
  backward(model, forward(model, batch.inputs), batch.labels)[0] as DenseMatrix;
const formOf = (model: Mlp, batch: Batch): ClosedForm | undefined => closedForm(model, batch, deltaOf(model, batch));

const model = mlp({ widths: [30, 8, 4], seed: 3 });
const batch = randomBatch(12, 30, 4, 4);
const form = formOf(model, batch) as ClosedForm;
const { weight } = model.dense[0] as { weight: DenseMatrix };
const wish = randomMatrix(12, 30, 5);

test('closedForm counts what the deltas leave free and W_0 does not see: 12 samples, 8 neurons, 30 inputs', () => {
  assert.deepEqual([form.combinations.length, form.unseen], [4, 22]);
});
test('closedForm.project is the orthogonal projection onto motions that W_0 and the deltas do not feel', () => {
  const d = form.project(wish);
  assert.ok(norm(d.data) > 1);
  assert.ok(largestEntry(gemm(d, weight, { b: true })) < 1e-14);
  assert.ok(largestEntry(gemm(deltaOf(model, batch), d, { a: true })) < 1e-14);
  assert.ok(largestEntry(plus(form.project(d), d, -1)) < 1e-14, 'twice is once');
  const other = randomMatrix(12, 30, 6);
  assert.ok(Math.abs(dot(form.project(other).data, wish.data) - dot(other.data, d.data)) < 1e-12, 'symmetric');
});
test('closedForm.project keeps all of them: n cᵀ for a free combination n and an unseen input c is kept as it is', () => {
  const [n] = form.combinations;
  const unseen = row(form.project(wish), 0); // some input that W_0 does not see
  const motion = matrix(12, 30);
  n?.forEach((amount, m) => {
    row(motion, m).set(unseen.map((v) => amount * v));
  });
  assert.ok(largestEntry(plus(form.project(motion), motion, -1)) < 1e-14);
});
test('closedForm.among moves some inputs and holds the others', () => {
  const inputs = [0, 3, 4, 7, 8, 11, 12, 19, 20, 29];
  const part = form.among(inputs);
  assert.deepEqual([part.combinations.length, part.unseen], [4, 2]);
  const d = part.project(randomMatrix(12, inputs.length, 7));
  const whole = matrix(12, 30);
  for (let m = 0; m < 12; m++)
    inputs.forEach((j, at) => {
      row(whole, m)[j] = row(d, m)[at] as number;
    });
  assert.ok(norm(d.data) > 0.1);
  assert.ok(largestEntry(plus(form.project(whole), whole, -1)) < 1e-13, 'it is a motion of the whole form');
});
test('closedForm.holding leaves a sample where it is, at the price of one combination', () => {
  const held = form.holding(5);
  assert.deepEqual([held.combinations.length, held.unseen], [3, 22]);
  const d = held.project(wish);
  assert.ok(row(d, 5).every((v) => v === 0) && norm(d.data) > 1);
  assert.ok(largestEntry(plus(form.project(d), d, -1)) < 1e-13);
});
test('closedForm is undefined where the deltas are independent, or W_0 sees every input', () => {
  assert.equal(formOf(model, randomBatch(3, 30, 4, 4)), undefined);
  const few = mlp({ widths: [4, 8, 4], seed: 3 });
  assert.equal(formOf(few, randomBatch(20, 4, 4, 4)), undefined);
});
