import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { dot, row } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { backward } from '../../../src/model/backward';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import { columnsOf } from '../../../src/reconstruction/columns/columnsOf';
import { deflation } from '../../../src/reconstruction/columns/deflation';
import { fullDeltas } from '../../../src/reconstruction/columns/fitLossVector';
import { type LossSubspace, lossSubspace } from '../../../src/reconstruction/columns/lossSubspace';
import { acceptable, type LossColumn } from '../../../src/reconstruction/columns/polish';
import { straggler } from '../../../src/reconstruction/columns/stragglers';
import { topFeatures } from '../../../src/reconstruction/columns/topFeatures';
import { twoValued } from '../../../src/reconstruction/columns/twoValued';
import { gatherEvidence } from '../../../src/reconstruction/evidence/evidence';
import type { DenseMatrix, Precision } from '../../../src/types';

const slope = 0.1;
const batch = gaussian({ size: 12, dimension: 30, classes: 5, seed: 2 });
function setting(precision: Precision, biases = true) {
  const model = mlp({ widths: [30, 80, 5], seed: 1, biases, activation: { kind: 'leakyRelu', slope } });
  const space = lossSubspace(gatherEvidence(model, captureGradient(model, batch, { precision }))) as LossSubspace;
  const deltas = backward(model, forward(model, batch.inputs), batch.labels) as [DenseMatrix, DenseMatrix];
  const fires = forward(model, batch.inputs).features[1]!.data.map((v) => (v > 0 ? 1 : 0));
  return { space, deltas, fires, columns: columnsOf(space, deltas) as LossColumn[] };
}

for (const precision of ['float64', 'float32'] as const)
  test(`every sample of a leaky network has an acceptable column with its own pattern, from ${precision}`, () => {
    const { space, columns, fires } = setting(precision);
    assert.equal(space.rank, 12);
    assert.deepEqual(new Set(space.slopes), new Set([slope]));
    columns.forEach((column, m) => {
      assert.ok(acceptable(column), `sample ${m}: misfit ${column.misfit}`);
      // neurons that obey, beyond those that 12 + 4 - 1 unknowns can be made to
      assert.ok(column.surplus > 80 - 15 - 8 && column.surplus <= 80 - 15, `${column.surplus}`);
      column.on.forEach((on, j) => {
        if (!column.unclear[j]) assert.equal(on, fires[m * 80 + j], `sample ${m}, neuron ${j}`);
      });
    });
  });
test('twoValued comes back to a column from a place off by 1 %, and finds nothing at a sum of two columns', () => {
  const { space, columns } = setting('float64');
  const u = rng(4);
  const [a, b] = columns as [LossColumn, LossColumn];
  const near = a.q.map((x) => x + 0.01 * normal(u));
  const g = a.g.map((x) => x * (1 + 0.01 * normal(u)));
  const found = twoValued(space, near, fullDeltas(space.head, g));
  assert.ok(found && acceptable(found) && Math.abs(dot(found.q, a.q)) > 1 - 1e-12);
  const both = (x: Float64Array, y: Float64Array): Float64Array => x.map((v, k) => (v + y[k]!) / Math.SQRT2);
  const mixed = twoValued(space, both(a.q, b.q), fullDeltas(space.head, both(a.g, b.g)));
  assert.ok(!mixed || !acceptable(mixed));
});
test('with one sample missing a straggler is its column, without any search', () => {
  const { space, columns } = setting('float64');
  const left = deflation(
    space,
    columns.slice(1).map((c) => c.q),
  );
  const found = straggler(space, left, rng(1));
  assert.ok(found?.u && Math.abs(dot(found.q, columns[0]!.q)) > 1 - 1e-9);
});
for (const biases of [true, false])
  test(`topFeatures of the true columns are the inputs of a leaky network ${biases ? 'with' : 'without'} biases`, () => {
    const { space, columns, deltas } = setting('float64', biases);
    const top = topFeatures(space, columns);
    assert.deepEqual(top?.labels, batch.labels);
    top?.features.data.forEach((v, k) => assert.ok(Math.abs(v - batch.inputs.data[k]!) < 1e-9, `${k}: ${v}`));
    row(top!.losses, 3).forEach((v, c) => assert.ok(Math.abs(v - row(deltas[1], 3)[c]! / 12) < 1e-10));
  });
