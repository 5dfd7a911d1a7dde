import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flattenGradient, unflattenGradient } from '../../src/gradient/gradientDifference';
import { gradientJacobian } from '../../src/gradient/gradientJacobian';
import { dot, matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import { mlp } from '../../src/model/mlp';
import { denseJacobian } from '../support/denseJacobian';

const u = rng(3);
const random = (n: number) => Float64Array.from({ length: n }, () => normal(u));
const model = mlp({ widths: [4, 6, 5, 3], seed: 2, init: 'he' });
const batch = { inputs: matrix(3, 4, random(12)), labels: Int32Array.of(0, 2, 1) };

test('gradientJacobian times a direction agrees with finite differences', () => {
  const d = random(12);
  const columns = denseJacobian(model, batch);
  const product = flattenGradient(gradientJacobian(model, batch).times(matrix(3, 4, d)));
  product.forEach((v, i) => {
    const expected = columns.reduce((sum, c, k) => sum + (c[i] as number) * (d[k] as number), 0);
    assert.ok(Math.abs(v - expected) < 1e-6, `entry ${i}: ${v}, finite differences ${expected}`);
  });
});
test('both products of gradientJacobian belong to one matrix: <J d, r> = <d, Jt r>', () => {
  for (const biases of [true, false]) {
    const net = mlp({ widths: [4, 6, 5, 3], seed: 2, init: 'he', biases });
    const jacobian = gradientJacobian(net, batch);
    const d = random(12);
    const r = random(flattenGradient(net.dense).length);
    const left = dot(flattenGradient(jacobian.times(matrix(3, 4, d))), r);
    const right = dot(d, jacobian.transposedTimes(unflattenGradient(r, net.dense)).data);
    assert.ok(Math.abs(left - right) < 1e-12 * Math.abs(left), `${left} and ${right}`);
  }
});
