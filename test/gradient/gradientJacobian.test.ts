import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flattenGradient, unflattenGradient } from '../../src/gradient/gradientDifference';
import { gradientJacobian } from '../../src/gradient/gradientJacobian';
import { gradientState } from '../../src/gradient/gradientState';
import { dot, matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import { mlp } from '../../src/model/mlp';
import { denseJacobian } from '../support/denseJacobian';

const u = rng(3);
const random = (n: number) => Float64Array.from({ length: n }, () => normal(u));
const batch = { inputs: matrix(3, 4, random(12)), labels: Int32Array.of(0, 1, 1) };

// one to three hidden layers, two classes and more, with and without biases
for (const widths of [
  [4, 6, 2],
  [4, 6, 5, 3],
  [4, 6, 5, 7, 2],
])
  for (const biases of [true, false]) {
    const name = `${widths.join('-')} ${biases ? 'with' : 'without'} biases`;
    const model = mlp({ widths, seed: 2, init: 'he', biases });
    test(`gradientJacobian of ${name} times a direction agrees with finite differences`, () => {
      const d = random(12);
      const columns = denseJacobian(model, batch);
      const product = flattenGradient(
        gradientJacobian(model, gradientState(model, batch)).times({ inputs: matrix(3, 4, d) }),
      );
      assert.equal(product.length, columns[0]?.length);
      product.forEach((v, i) => {
        const expected = columns.reduce((sum, c, k) => sum + (c[i] as number) * (d[k] as number), 0);
        assert.ok(Math.abs(v - expected) < 1e-6, `entry ${i}: ${v}, finite differences ${expected}`);
      });
    });
    test(`both products of gradientJacobian of ${name} belong to one matrix: <J d, r> = <d, Jt r>`, () => {
      const jacobian = gradientJacobian(model, gradientState(model, batch));
      const d = random(12);
      const r = random(flattenGradient(model.dense).length);
      const left = dot(flattenGradient(jacobian.times({ inputs: matrix(3, 4, d) })), r);
      const right = dot(d, jacobian.transposedTimes(unflattenGradient(r, model.dense)).inputs.data);
      assert.ok(Math.abs(left - right) < 1e-12 * Math.abs(left), `${left} and ${right}`);
    });
  }
