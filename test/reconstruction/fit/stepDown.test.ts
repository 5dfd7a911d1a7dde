import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../../src/math/gemm';
import { fromRows, row } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { gaussianRows } from '../../../src/math/singularVectors';
import { cleaned } from '../../../src/reconstruction/fit/cleaned';
import { settlePattern } from '../../../src/reconstruction/fit/settlePattern';
import { solveInputs, weighedRows } from '../../../src/reconstruction/fit/solveInputs';
import { stepDown } from '../../../src/reconstruction/fit/stepDown';

// two samples, three neurons: rows are sum_m delta_mj [f_m, 1]
const features = fromRows([
  [1, 2],
  [3, 0],
]);
const ones = fromRows([
  [1, 2, 1],
  [3, 0, 1],
]);
const deltas = fromRows([
  [0.5, 0, 1],
  [0, -1, 2],
]);
const relu = { kind: 'relu' } as const;
const even = (n: number): Float64Array => new Float64Array(n).fill(1e-20);

test('stepDown reads [f, 1] of two samples from three rows, and drops what is not determined', () => {
  const rows = gemm(deltas, ones, { a: true });
  const { features: found, rank } = stepDown(deltas, rows, even(3), 2, undefined);
  assert.equal(rank, 2);
  found.forEach((read, m) =>
    read?.features.forEach((v, k) => assert.ok(Math.abs(v - (row(features, m)[k] as number)) < 1e-12)),
  );
  assert.ok(found.every((read) => read !== null));
  const same = fromRows([
    [0.5, 0, 1],
    [1, 0, 2],
  ]);
  const alike = stepDown(same, gemm(same, ones, { a: true }), even(3), 2, undefined);
  assert.equal(alike.rank, 1);
  assert.deepEqual(alike.features, [null, null]);
});
test('where deltas are dependent a row of its own still gives a sample its features', () => {
  const three = fromRows([
    [1, 0, 2],
    [0, 0, 2],
    [0, 0, 4],
  ]);
  const all = fromRows([
    [1, 2, 1],
    [3, 0, 1],
    [5, 6, 1],
  ]);
  const { features: found } = stepDown(three, gemm(three, all, { a: true }), even(3), 2, undefined);
  assert.deepEqual([...(found[0]?.features ?? [])], [1, 2]);
  assert.deepEqual(found.slice(1), [null, null]);
});
test('stepDown’s error bar is the deviation of what noise makes of a feature', () => {
  const u = rng(1);
  const wide = gaussianRows(2, 30, u);
  const rows = gemm(wide, ones, { a: true });
  let [square, bar] = [0, 0];
  for (let trial = 0; trial < 300; trial++) {
    const noisy = { ...rows, data: rows.data.map((v) => v + 1e-3 * normal(u)) };
    const [read] = stepDown(wide, noisy, new Float64Array(30).fill(1e-6), 2, undefined).features;
    bar = read?.error ?? 0;
    // of f itself; the last entry, by which it is divided, adds to that
    square += ((read?.features[0] ?? 0) - 1) ** 2 / 300;
  }
  const ratio = Math.sqrt(square) / bar;
  assert.ok(ratio > 0.8 && ratio < 2, `${ratio}`);
});
test('cleaned zeroes what negative entries show to be noise, and refuses what no ReLU leaves', () => {
  const noisy = { features: Float64Array.of(1, 0.4, -1e-3, 1.5e-3, 0), error: 1e-3 };
  assert.deepEqual([...(cleaned(noisy, relu)?.features ?? [])], [1, 0.4, 0, 0, 0]);
  assert.equal(cleaned({ features: Float64Array.of(1, -0.2), error: 1e-3 }, relu), null);
  const exact = { features: Float64Array.of(1, 1e-12, 0), error: 1e-17 };
  assert.deepEqual(cleaned(exact, relu, true), exact); // zeros of shared rows are exact
});
test('solveInputs gives the inputs back, with the last entry of [x, 1] and its own noise beside them', () => {
  const wide = gaussianRows(2, 30, rng(2));
  const all = gemm(wide, ones, { a: true });
  const weight = fromRows(Array.from({ length: 30 }, (_, j) => [...row(all, j).subarray(0, 2)]));
  const bias = Float64Array.from({ length: 30 }, (_, j) => row(all, j)[2] as number);
  const root = new Float64Array(30).fill(1e8);
  const found = solveInputs(weighedRows({ weight, bias }, root), wide);
  assert.ok(found);
  found.inputs.data.forEach((v, k) => assert.ok(Math.abs(v - (features.data[k] as number)) < 1e-12));
  found.last.forEach((v) => assert.ok(Math.abs(v - 1) < 1e-12));
  // (Delta Deltaᵀ)^-1 in units of the rows' variance
  const [a, b, c] = gemm(wide, wide, { b: true }).data.filter((_, k) => k !== 2) as unknown as [number, number, number];
  const expected = (c / (a * c - b * b)) * 1e-16;
  assert.ok(Math.abs((found.variance[0] as number) / expected - 1) < 1e-10);
});
test('settlePattern moves features just over a hyperplane, and no further than its limit', () => {
  const layer = { weight: fromRows([[1, 0]]), bias: Float64Array.of(-1) };
  const on = fromRows([[1]]);
  const near = settlePattern(layer, fromRows([[1 - 1e-9, 5]]), on, 1e-6);
  assert.ok((near.data[0] as number) > 1 && (near.data[0] as number) < 1 + 1e-9 && near.data[1] === 5);
  assert.equal(settlePattern(layer, fromRows([[0.9, 5]]), on, 1e-6).data[0], 0.9);
});
