import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../../src/math/gemm';
import { fromRows } from '../../../src/math/matrix';
import { fitNoise, noiseOfValues, varianceOf } from '../../../src/reconstruction/evidence/noiseModel';
import { signalSubspace } from '../../../src/reconstruction/evidence/signalSubspace';
import { nearestSupport } from '../../../src/reconstruction/fit/nearestSupport';
import { rays } from '../../../src/reconstruction/rays/rays';
import { randomMatrix } from '../../support/random';

test('fitNoise tells added noise from rounding in proportion to the entry', () => {
  const values = randomMatrix(1, 4000, 1).data;
  const draws = randomMatrix(1, 4000, 2).data;
  const squares = values.map((v) => v * v);
  const added = fitNoise(
    draws.map((e) => 0.01 * e),
    squares,
  );
  assert.ok(Math.abs(added.additive - 0.01) < 5e-4 && added.relative < 3e-3, JSON.stringify(added));
  const rounded = fitNoise(
    draws.map((e, k) => 0.02 * e * (values[k] as number)),
    squares,
  );
  assert.ok(Math.abs(rounded.relative - 0.02) < 1e-3 && rounded.additive < 1e-3, JSON.stringify(rounded));
});
test('fitNoise of residuals that sum four entries each gives the deviation of one entry', () => {
  assert.equal(fitNoise([2, -2, 2], [0, 0, 0], 4).additive, 1);
});
test('noiseOfValues sees a grid of step 2 and a gap that pruning left', () => {
  const fitted = { additive: 9, relative: 0, hidden: 0 };
  const grid = Float64Array.from({ length: 100 }, (_, k) => 2 * (k % 7));
  assert.ok(Math.abs(noiseOfValues(grid, fitted, 0).additive - 2 / Math.sqrt(12)) < 1e-12);
  const pruned = randomMatrix(1, 500, 3).data.map((v) => (Math.abs(v) < 0.5 ? 0 : v));
  const { hidden } = noiseOfValues(pruned, fitted, 0);
  assert.ok(hidden >= 0.5 && hidden < 0.52, `${hidden}`);
  assert.equal(varianceOf({ additive: 0, relative: 0, hidden: 3 }, 0), 3);
  assert.deepEqual(noiseOfValues(randomMatrix(1, 500, 3).data, fitted, 0), fitted);
});
test('signalSubspace finds rank and noise of a noisy matrix of rank 3', () => {
  for (const level of [1e-12, 1e-6, 1e-2]) {
    const a = gemm(randomMatrix(60, 3, 1), randomMatrix(3, 90, 2));
    const e = randomMatrix(60, 90, 3).data;
    const signal = signalSubspace({ ...a, data: a.data.map((v, k) => v + level * (e[k] as number)) });
    assert.equal(signal?.right.rows, 3);
    const squares = (signal?.residual.data ?? e).reduce((s, v) => s + v * v, 0) / (60 * 90);
    assert.ok(Math.abs(Math.sqrt(squares / (signal?.freedom as number)) / level - 1) < 0.05, `${level}`);
  }
});
test('signalSubspace finds nothing in noise alone', () => {
  assert.equal(signalSubspace(randomMatrix(60, 90, 4)), null);
});
test('rays groups rows within each own error bar: a small row may lie far off, a large one may not', () => {
  const rows = fromRows([
    [100, 100],
    [-50, -51],
    [12, 16],
    [100, 150],
    [0.5, -0.5],
  ]);
  const groups = rays(rows, new Float64Array(5).fill(1)).map((r) => [...r.members].sort());
  assert.deepEqual(groups.sort(), [
    [0, 1, 2],
    [2, 3], // the small row fits both
  ]);
});
test('nearestSupport keeps who is surely on and switches off who is not needed, at the price of its sureness', () => {
  const parts = fromRows([[10], [10]]);
  const target = Float64Array.of(10);
  assert.deepEqual(nearestSupport({ target, parts, sureness: Float64Array.of(9, 0.1) }), {
    on: [true, false],
    chiSquared: 0,
  });
  const sure = nearestSupport({ target, parts, sureness: Float64Array.of(9, 9) });
  assert.deepEqual(sure, { on: [true, true], chiSquared: 100 });
});
