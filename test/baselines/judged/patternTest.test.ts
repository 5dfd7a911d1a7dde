import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetOf } from '../../../src/baselines/budget';
import { patternTest } from '../../../src/baselines/judged/patternTest';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { matrix, row } from '../../../src/math/matrix';
import { affine } from '../../../src/model/layers/dense';
import { mlp } from '../../../src/model/mlp';

const model = mlp({ widths: [20, 60, 5], seed: 1, init: 'he' });
const batch = gaussian({ size: 4, dimension: 20, classes: 5, seed: 2 });

test('patternTest: every sample of the batch fits, and no mean of two, no stranger, whatever the sign of the weights of samples', async () => {
  const gradient = captureGradient(model, batch);
  const tested = await patternTest(model, gradient, budgetOf('test', { seconds: 5 }));
  assert.ok(tested);
  assert.equal(tested.samples, 4);
  for (let m = 0; m < 4; m++) {
    const { silent, zeros, fits } = tested.fit(row(batch.inputs, m));
    assert.ok(fits && zeros === silent && silent > 10, `sample ${m}: ${zeros} of ${silent}`);
    const mean = row(batch.inputs, m).map((v, i) => 0.5 * (v + (row(batch.inputs, (m + 1) % 4)[i] ?? 0)));
    assert.equal(tested.fit(mean).fits, false);
  }
  const others = gaussian({ size: 20, dimension: 20, classes: 5, seed: 3 });
  for (let m = 0; m < 20; m++) assert.equal(tested.fit(row(others.inputs, m)).fits, false, `stranger ${m}`);
});
test('patternTest is not made where the batch is as large as the layer', async () => {
  const large = gaussian({ size: 64, dimension: 80, classes: 5, seed: 2 });
  const wide = mlp({ widths: [80, 60, 5], seed: 1 });
  assert.equal(await patternTest(wide, captureGradient(wide, large), budgetOf('test', { seconds: 5 })), null);
});
test('settle mends an input that a false direction of another sample spoiled, and finds no batch in strangers', async () => {
  const tested = await patternTest(model, captureGradient(model, batch), budgetOf('test', { seconds: 5 }));
  assert.ok(tested);
  const spoiled = { ...batch.inputs, data: batch.inputs.data.slice() };
  // what stands for sample 3 where sample 2's direction has a part of sample 3's
  row(spoiled, 3).set(row(batch.inputs, 3).map((v, i) => (v - 0.3 * row(batch.inputs, 2)[i]) / 0.7));
  assert.equal(tested.fit(row(spoiled, 3)).fits, false);
  const settled = tested.settle(spoiled);
  assert.ok(settled);
  assert.deepEqual(settled.labels, batch.labels);
  const off = Math.max(...settled.inputs.data.map((v, k) => Math.abs(v - batch.inputs.data[k])));
  assert.ok(off < 1e-9, `${off}`);
  assert.equal(tested.settle(gaussian({ size: 4, dimension: 20, classes: 5, seed: 9 }).inputs), null);
});
test('settle finds no batch where two directions vanish on the silent neurons of one sample, as dropout makes them', async () => {
  const first = { weight: matrix(60, 20), bias: new Float64Array(60) };
  const z = affine(model.dense[0], batch.inputs);
  const fires = (m: number, j: number): boolean => z.data[60 * m + j] > 0;
  for (let j = 0; j < 60; j++)
    for (let m = 0; m < 4; m++) {
      // of sample 0 dropout keeps only neurons that sample 1 fires too, though less
      if (!fires(m, j) || (m === 0 && !(fires(1, j) && z.data[j] > 2 * z.data[60 + j]))) continue;
      const delta = Math.sin(7 * j + 3 * m + 1);
      first.bias[j] += delta;
      for (let i = 0; i < 20; i++) first.weight.data[20 * j + i] += delta * batch.inputs.data[20 * m + i];
    }
  const gradient = { gradients: [first, ...model.dense.slice(1)], reduction: 'mean', precision: 'float64' } as const;
  const tested = await patternTest(model, gradient, budgetOf('test', { seconds: 5 }));
  assert.ok(tested);
  assert.equal(tested.samples, 4);
  for (let m = 0; m < 4; m++) assert.ok(tested.fit(row(batch.inputs, m)).fits, `sample ${m}`);
  assert.equal(tested.settle(batch.inputs), null);
});
