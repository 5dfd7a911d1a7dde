import assert from 'node:assert/strict';
import test from 'node:test';
import * as data from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { dot, row } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { backward } from '../../../src/model/backward';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import { columnsOf } from '../../../src/reconstruction/columns/columnsOf';
import { deflation } from '../../../src/reconstruction/columns/deflation';
import { findColumns } from '../../../src/reconstruction/columns/findColumns';
import { type LossSubspace, lossSubspace } from '../../../src/reconstruction/columns/lossSubspace';
import { acceptable, type LossColumn } from '../../../src/reconstruction/columns/polish';
import { gatherEvidence } from '../../../src/reconstruction/evidence/evidence';
import { noLimit } from '../../../src/reconstruction/working';
import type { AveragedGradient, DenseMatrix, Mlp } from '../../../src/types';

const model = mlp({ widths: [784, 512, 10], seed: 7 });

const deltasOf = (net: Mlp, inputs: DenseMatrix, labels: Int32Array): [DenseMatrix, DenseMatrix] =>
  backward(net, forward(net, inputs), labels) as [DenseMatrix, DenseMatrix];

function spaceOf(net: Mlp, gradient: AveragedGradient): LossSubspace {
  const space = lossSubspace(gatherEvidence(net, gradient));
  assert.ok(space);
  return space;
}

test('every true sample of a batch of 96 has an acceptable column with its own pattern, from float32', async () => {
  // in one row of sample 20 the rounding is eight times what it is in most: it must not pass for an active neuron
  const secret = (await data.mnist()).draw({ size: 96, seed: 4 });
  const space = spaceOf(model, captureGradient(model, secret, { precision: 'float32' }));
  const truth = backward(model, forward(model, secret.inputs), secret.labels)[0];
  columnsOf(space, deltasOf(model, secret.inputs, secret.labels)).forEach((column, m) => {
    assert.ok(column && acceptable(column), `sample ${m}: misfit ${column?.misfit}`);
    const on = Uint8Array.from(space.live, (j) => (truth && row(truth, m)[j] !== 0 ? 1 : 0));
    assert.deepEqual(column.on, on, `sample ${m}`);
  });
});

test('with one sample missing, deflation leaves that sample alone, whatever is drawn', async () => {
  const secret = (await data.mnist()).draw({ size: 24, seed: 2 });
  const space = spaceOf(model, captureGradient(model, secret));
  const columns = columnsOf(space, deltasOf(model, secret.inputs, secret.labels)).map((c) => (c as LossColumn).q);
  const left = deflation(space, columns.slice(1));
  for (const seed of [1, 2, 3]) {
    const a = left.draw(rng(seed));
    const misfit = Array.from({ length: 784 }, (_, k) => {
      const x = Array.from(a.keys()).reduce((sum, i) => sum + (a[i] as number) * (row(space.v, i)[k] as number), 0);
      return Math.abs(x - (row(secret.inputs, 0)[k] as number));
    });
    assert.ok(Math.max(...misfit) < 1e-9, `pixel off by ${Math.max(...misfit)}`);
  }
  assert.ok(left.outside(columns[0] as Float64Array) > 0.1);
  assert.ok(left.outside(columns[1] as Float64Array) < 1e-12);
});

test('a column in the span of the others is not taken: a sum of two columns less a third is dependent', () => {
  const small = mlp({ widths: [20, 60, 2], seed: 1 });
  const uniform = rng(3);
  const inputs = { rows: 6, columns: 20, data: Float64Array.from({ length: 120 }, () => normal(uniform)) };
  const labels = Int32Array.of(0, 1, 0, 1, 0, 1);
  const space = spaceOf(small, captureGradient(small, { inputs, labels }));
  const columns = columnsOf(space, deltasOf(small, inputs, labels)) as LossColumn[];
  const [a, b, c] = columns as [LossColumn, LossColumn, LossColumn];
  const sum = a.q.map((x, k) => x + (b.q[k] as number) - (c.q[k] as number));
  const size = Math.sqrt(dot(sum, sum));
  const mixed = { ...a, q: sum.map((x) => x / size) };
  const search = findColumns(space, [a, b, mixed, c], { limit: noLimit });
  assert.deepEqual(search.columns, [a, b, mixed]);
});
