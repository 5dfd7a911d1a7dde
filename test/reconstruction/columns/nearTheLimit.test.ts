import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { dot, norm, row } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { backward } from '../../../src/model/backward';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import { columnsOf } from '../../../src/reconstruction/columns/columnsOf';
import { intersected } from '../../../src/reconstruction/columns/intersected';
import { type LossSubspace, lossSubspace } from '../../../src/reconstruction/columns/lossSubspace';
import { acceptable, type LossColumn } from '../../../src/reconstruction/columns/polish';
import { type PreActivations, preActivations, without } from '../../../src/reconstruction/columns/preActivations';
import { gatherEvidence } from '../../../src/reconstruction/evidence/evidence';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import { recovered } from '../../../src/reconstruction/result';
import type { DenseMatrix, Precision } from '../../../src/types';
import { score } from '../../../src/verification/certificate/score';

// 44 samples on 96 neurons: half of them have fewer than 47 zeros, so no zeros to snap to
const [size, width] = [44, 96];
const batch = gaussian({ size, dimension: 60, classes: 5, seed: 2 });
const model = mlp({ widths: [60, width, 5], seed: 1 });
function setting(precision: Precision) {
  const space = lossSubspace(gatherEvidence(model, captureGradient(model, batch, { precision }))) as LossSubspace;
  const deltas = backward(model, forward(model, batch.inputs), batch.labels) as [DenseMatrix, DenseMatrix];
  return { space, columns: columnsOf(space, deltas) as LossColumn[] };
}
const { space, columns } = setting('float64');

for (const precision of ['float64', 'float32'] as const)
  test(`polish by intersection finds columns with fewer zeros than samples, from ${precision}`, () => {
    const { columns: found } = setting(precision);
    const zeros = found.map(({ on }) => on.reduce((sum, o) => sum + (o ? 0 : 1), 0));
    assert.ok(zeros.filter((z) => z < size + 3).length > 10, `${zeros}`);
    const fires = forward(model, batch.inputs).features[1] as DenseMatrix;
    found.forEach((column, m) => {
      assert.ok(acceptable(column), `sample ${m}: misfit ${column.misfit}, surplus ${column.surplus}`);
      column.on.forEach((on, j) => {
        if (!column.unclear[j]) assert.equal(on, row(fires, m)[space.live[j] as number]! > 0 ? 1 : 0, `${m}, ${j}`);
      });
    });
  });

test('intersected comes back to a column from a place off by 3 %, and finds nothing at a sum of two', () => {
  const u = rng(4);
  const [a, b] = columns as [LossColumn, LossColumn];
  const unit = (x: Float64Array): Float64Array => x.map((v) => v / norm(x));
  const found = intersected(space, unit(a.q.map((x) => x + (0.03 / Math.sqrt(size)) * normal(u))));
  assert.ok(found && acceptable(found) && Math.abs(dot(found.q, a.q)) > 1 - 1e-12);
  const mixed = intersected(space, unit(a.q.map((x, k) => x + b.q[k]!)));
  assert.ok(!mixed || !acceptable(mixed) || columns.some((c) => Math.abs(dot(c.q, mixed.q)) > 1 - 1e-9));
});

/** Distance of the pre-activations of a sample to the space left, over their length. */
function away({ neurons, centre, directions, seen }: PreActivations, m: number): number {
  const unit = seen.data[0]! / space.forward.data[0]!;
  const z = Float64Array.from(space.live, (j) => {
    const layer = model.dense[0]!;
    return unit * (dot(row(layer.weight, j), row(batch.inputs, m)) + layer.bias![j]!);
  });
  const rest = z.map((x, j) => x - centre[j]!);
  for (let i = 0; i < directions.rows; i++) {
    const d = row(directions, i).slice(0, neurons);
    const along = dot(d, rest);
    rest.forEach((x, j) => {
      rest[j] = x - along * d[j]!;
    });
  }
  return norm(rest) / norm(z);
}

test('pre-activations of every missing sample lie in the space left, those of the samples taken out do not', () => {
  assert.ok(space.scale.every((s) => s === 1));
  const all = preActivations(space) as PreActivations;
  const left = without(
    all,
    space,
    columns.slice(0, 30).map((c) => c.q),
  );
  assert.deepEqual([all.directions.rows, left.directions.rows], [size - 1, size - 31]);
  for (let m = 0; m < size; m++) {
    assert.ok(away(all, m) < 1e-10);
    assert.ok(m < 30 ? away(left, m) > 1e-3 : away(left, m) < 1e-8, `sample ${m}: ${away(left, m)}`);
  }
  assert.equal(preActivations({ ...space, biases: false }), null);
});

test('a batch of nearly half as many samples as neurons is read whole', () => {
  const found = reconstruct(model, captureGradient(model, batch), { methods: ['pursuit'], seconds: 60 });
  assert.equal(found.status, 'exact', found.reason);
  const { mse } = score(recovered(found), batch);
  assert.ok(mse.max < 1e-16, `${mse.max}`);
});

test('a box is a prior that the answer names, and is refused where it would not be used', () => {
  const pixels = {
    ...batch,
    inputs: { ...batch.inputs, data: batch.inputs.data.map((x) => 1 / (1 + Math.exp(-3 * x))) },
  };
  const gradient = captureGradient(model, pixels);
  const found = reconstruct(model, gradient, { methods: ['pursuit'], seconds: 60, box: [0, 1] });
  assert.equal(found.status, 'exact', found.reason);
  assert.equal(found.prior, 'every input lies in [0, 1], as told');
  assert.ok(score(recovered(found), pixels).mse.max < 1e-16);
  assert.equal(reconstruct(model, gradient, { methods: ['exan'], box: [0, 1] }).prior, undefined); // nothing was searched
  assert.throws(() => reconstruct(model, gradient, { box: [1, 0] }), /box is \[1, 0\], expected two numbers/);
  const deep = mlp({ widths: [60, 20, 20, 5], seed: 1 });
  assert.throws(() => reconstruct(deep, captureGradient(deep, batch), { box: [0, 1] }), /one hidden ReLU layer/);
});

test('a box that is not true finds less, and nothing false', () => {
  const found = reconstruct(model, captureGradient(model, batch), { methods: ['pursuit'], seconds: 20, box: [0, 0.1] });
  for (const sample of found.samples.filter((s) => s.status === 'exact'))
    assert.ok(score(recovered({ ...found, samples: [sample] } as typeof found), batch).mse.max < 1e-16);
});
