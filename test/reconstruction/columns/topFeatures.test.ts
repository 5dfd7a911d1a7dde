import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { dot, row } from '../../../src/math/matrix';
import { backward } from '../../../src/model/backward';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import { columnsOf } from '../../../src/reconstruction/columns/columnsOf';
import { fitLossVector, fullDeltas } from '../../../src/reconstruction/columns/fitLossVector';
import { type LossSubspace, lossSubspace } from '../../../src/reconstruction/columns/lossSubspace';
import type { LossColumn } from '../../../src/reconstruction/columns/polish';
import { projectionsFor } from '../../../src/reconstruction/columns/projections';
import { topFeatures } from '../../../src/reconstruction/columns/topFeatures';
import { gatherEvidence } from '../../../src/reconstruction/evidence/evidence';
import type { DenseMatrix } from '../../../src/types';

const batch = gaussian({ size: 6, dimension: 30, classes: 5, seed: 2 });
function setting(biases: boolean): { space: LossSubspace; columns: LossColumn[]; losses: DenseMatrix } {
  const model = mlp({ widths: [30, 80, 5], seed: 1, biases });
  const space = lossSubspace(gatherEvidence(model, captureGradient(model, batch))) as LossSubspace;
  const [deltas, losses] = backward(model, forward(model, batch.inputs), batch.labels) as [DenseMatrix, DenseMatrix];
  return { space, columns: columnsOf(space, [deltas, losses]) as LossColumn[], losses };
}

for (const biases of [true, false])
  test(`topFeatures of the true columns are inputs, labels and loss vectors, ${biases ? 'with' : 'without'} biases`, () => {
    const { space, columns, losses } = setting(biases);
    const top = topFeatures(space, columns);
    assert.ok(top);
    assert.deepEqual(top.labels, batch.labels);
    top.features.data.forEach((v, k) => assert.ok(Math.abs(v - (batch.inputs.data[k] as number)) < 1e-9, `${k}: ${v}`));
    top.losses.data.forEach((v, k) => assert.ok(Math.abs(v - (losses.data[k] as number) / 6) < 1e-10, `${k}: ${v}`));
  });
test('fitLossVector gives back a loss vector from its deltas on the active neurons', () => {
  const { space, columns, losses } = setting(true);
  const g = row(losses, 3);
  const { on } = columns[3] as LossColumn;
  const v = fullDeltas(space.head, g).map((x, j) => (on[j] ? x : 7)); // what is off does not count
  fitLossVector(space, v, on)?.forEach((x, c) => assert.ok(Math.abs(x - (g[c] as number)) < 1e-12));
  assert.equal(fitLossVector(space, v, new Uint8Array(on.length)), null);
});
test('projection A leaves a true pair of u and v where it is', () => {
  const { space, losses } = setting(true);
  const label = batch.labels[0] as number;
  const { scale, c, size } = projectionsFor(space, label);
  // u for the loss vector with -1 at the label, scaled; its part outside the differences of loss vectors is c
  const g = row(losses, 0);
  const u = fullDeltas(
    space.head,
    g.map((x) => x / -(g[label] as number)),
  ).map((x, j) => x * (scale[j] as number));
  const apart = u.map((x, j) => x - (c[j] as number));
  assert.ok(Math.abs(dot(c, apart)) < 1e-9 * size, `${dot(c, apart)}`); // c is orthogonal to all differences
});
