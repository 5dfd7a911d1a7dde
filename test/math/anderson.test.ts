import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anderson } from '../../src/math/anderson';
import { dot } from '../../src/math/matrix';

test('anderson reaches x = cos x in 8 steps where the plain iteration needs 80', () => {
  const steps = (depth: number): number => {
    const next = anderson(depth);
    let x: Float64Array = Float64Array.of(0);
    for (let k = 0; ; k++) {
      const step = Float64Array.of(Math.cos(x[0]!) - x[0]!);
      if (Math.abs(step[0]!) < 1e-14) return k;
      x = next(x, step);
    }
  };
  assert.ok(steps(2) <= 8, `${steps(2)}`);
  assert.ok(steps(0) > 70, `${steps(0)}`);
});

test('on a linear iteration of k unknowns anderson of depth k ends after k + 2 steps', () => {
  const matrix = [Float64Array.of(0.9, 0.1, 0), Float64Array.of(0, 0.8, 0.1), Float64Array.of(0.05, 0, 0.7)];
  const next = anderson(3);
  let x: Float64Array = Float64Array.of(5, -3, 2);
  let step = x;
  for (let k = 0; k < 5; k++) {
    step = x.map((v, i) => dot(matrix[i]!, x) - v); // towards 0
    x = next(x, step);
  }
  assert.ok(Math.max(...x.map(Math.abs)) < 1e-10, `${x}`);
});
