import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attackOutcome, bestErrors } from '../../src/experiments/attackOutcome';
import { captureGradient } from '../../src/gradient/captureGradient';
import { fromRows, matrix } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import type { DenseMatrix } from '../../src/types';

test('bestErrors takes each sample at its best candidate', () => {
  const truth = {
    inputs: fromRows([
      [0, 0],
      [1, 1],
    ]),
    labels: new Int32Array(2),
  };
  assert.deepEqual(
    bestErrors(
      truth,
      fromRows([
        [1, 1],
        [0, 2],
      ]),
    ),
    [1, 0],
  );
  assert.deepEqual(bestErrors(truth, undefined), [Infinity, Infinity]);
});

const model = mlp({ widths: [1, 4, 2], seed: 1 });
const caseOf = (values: number[]) => {
  const batch = { inputs: fromRows(values.map((v) => [v])), labels: new Int32Array(values.length) };
  return { batch, shared: captureGradient(model, batch) };
};
/** Hands over what it is told to, one answer a call. */
const saying = (...answers: (DenseMatrix | undefined)[]) => ({ name: 'says', run: () => answers.shift() });

test('attackOutcome counts samples within 1e-6 and 1e-2, takes the median error, and counts candidates', async () => {
  // squared errors 0, 1e-4, 1 and 0, 0: the median of the five in order is 0 (the third of 0, 0, 0, 1e-4, 1)
  const first = fromRows([[1], [2.01], [4]]);
  const second = fromRows([[5], [6], [7]]);
  const cases = [caseOf([1, 2, 3]), caseOf([5, 6])];
  const { attack, exact, visible, error, candidates } = await attackOutcome(saying(first, second), model, cases);
  assert.equal(attack, 'says');
  assert.ok(Math.abs(exact.mean - (1 / 3 + 1) / 2) < 1e-15, `exact ${exact.mean}`);
  assert.ok(Math.abs(visible.mean - (2 / 3 + 1) / 2) < 1e-15, `visible ${visible.mean}`);
  assert.deepEqual([error, candidates], [0, 3]);
});
test('attackOutcome has no error where most samples have no candidate', async () => {
  const found = await attackOutcome(saying(undefined, matrix(1, 1)), model, [caseOf([1, 2, 3]), caseOf([0])]);
  assert.deepEqual([found.error, found.candidates, found.exact.mean], [null, 0.5, 0.5]);
});
