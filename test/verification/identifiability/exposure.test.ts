import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, matrix } from '../../../src/math/matrix';
import { rng } from '../../../src/math/rng';
import { mlp } from '../../../src/model/mlp';
import { exposure } from '../../../src/verification/identifiability/exposure';
import { oneNeuron } from '../../support/oneNeuron';

function uniformBatch(M: number, d0: number, K: number, seed: number) {
  const u = rng(seed);
  const inputs = matrix(
    M,
    d0,
    Float64Array.from({ length: M * d0 }, () => u() - 0.5),
  );
  return { inputs, labels: Int32Array.from({ length: M }, () => Math.floor(u() * K)) };
}

test('a single sample is exposed by its exclusive neurons', () => {
  const found = exposure(mlp({ widths: [20, 40, 5], seed: 1 }), uniformBatch(1, 20, 5, 1));
  assert.equal(found.samples[0]?.verdict, 'exposed-exan');
  assert.match(found.samples[0]?.reason ?? '', /alone activates \d+ neurons/);
  assert.equal(found.boundary.insecure, true);
});
test('a batch beyond the boundary is exposed to pursuit while there are twice as many neurons', () => {
  const found = exposure(mlp({ widths: [60, 100, 10], seed: 1 }), uniformBatch(20, 60, 10, 2));
  assert.equal(found.boundary.insecure, false);
  assert.equal(found.counts['exposed-exan'] + found.counts['exposed-pursuit'], 20);
  assert.ok(found.counts['exposed-pursuit'] >= 15);
  assert.equal(found.jacobian.nullity, 0);
});
test('more samples than neurons are not unique, each with a reason', () => {
  const found = exposure(mlp({ widths: [30, 8, 4], seed: 3 }), uniformBatch(24, 30, 4, 4));
  assert.ok(found.counts['not-unique'] >= 20);
  for (const { verdict, reason } of found.samples)
    if (verdict === 'not-unique') assert.match(reason, /^one of 453 null directions .* \(rank 267 of 720\)$/);
});
test('exposure survives JSON, and a dead sample is not unique', () => {
  const found = exposure(oneNeuron, {
    inputs: fromRows([
      [-1, 5],
      [2, 7],
    ]),
    labels: Int32Array.of(0, 1),
  });
  assert.equal(found.samples[0]?.verdict, 'not-unique');
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
});
test('exposure refuses a label that the model does not have', () => {
  assert.throws(() => exposure(oneNeuron, { inputs: fromRows([[1, 1]]), labels: Int32Array.of(2) }), /label 2/);
});
