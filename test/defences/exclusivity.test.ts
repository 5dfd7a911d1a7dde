import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeBatch } from '../../src/defences/composeBatch';
import { exclusivityInduction } from '../../src/defences/exclusivityInduction';
import { exclusivityReduction } from '../../src/defences/exclusivityReduction';
import { perturbPatterns } from '../../src/defences/perturbPatterns';
import { exclusivityState } from '../../src/exclusivity/exclusivityState';
import { linearProgram } from '../../src/math/linearProgram';
import { fromRows, matrix, row } from '../../src/math/matrix';
import { affine } from '../../src/model/layers/dense';
import { mlp, mlpOf } from '../../src/model/mlp';
import type { Batch } from '../../src/types';
import { oneNeuron } from '../support/oneNeuron';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [20, 60, 4], seed: 1 });
const batch = uniformBatch(6, 20, 4, 1);
const firstLayer = (b: Batch): number[] => exclusivityState(model, b).counts.map(([n]) => n as number);

test('the smallest change that lights the one neuron moves the one input that it sees', async () => {
  const dark: Batch = { inputs: fromRows([[-1, 5]]), labels: Int32Array.of(0) };
  const { batch: lit, largest } = await perturbPatterns(oneNeuron, dark, [{ sample: 0, neuron: 0, fires: true }], {
    margin: 0.5,
  });
  assert.deepEqual([...lit.inputs.data], [0.5, 5]);
  assert.equal(largest, 1.5);
});
test('a change that the bounds do not allow is left out and named', async () => {
  const change = { sample: 0, neuron: 0, fires: true };
  const dark: Batch = { inputs: fromRows([[-1, 0]]), labels: Int32Array.of(0) };
  const { batch: same, unmet } = await perturbPatterns(oneNeuron, dark, [change], { bounds: [-1, 0] });
  assert.deepEqual([same.inputs, unmet], [dark.inputs, [change]]);
});
test('one wished switch without bounds moves the input with the largest weight, by |z| / |w|', async () => {
  const z = affine(model.dense[0]!, batch.inputs);
  const neuron = 7;
  const weights = row(model.dense[0]!.weight, neuron);
  const change = { sample: 2, neuron, fires: !(z.data[2 * z.columns + neuron]! > 0) };
  // a network of this neuron alone: no other one holds the input back
  const layer = { weight: fromRows([weights]), bias: model.dense[0]!.bias!.slice(neuron, neuron + 1) };
  const alone = mlpOf([layer, { weight: matrix(4, 1) }]);
  const { batch: moved } = await perturbPatterns(alone, batch, [{ ...change, neuron: 0 }]);
  const sum = moved.inputs.data.reduce((total, v, k) => total + Math.abs(v - batch.inputs.data[k]!), 0);
  const largest = Math.max(...weights.map(Math.abs));
  assert.ok(Math.abs(sum - (Math.abs(z.data[2 * z.columns + neuron]!) + 1e-6) / largest) < 1e-8, `${sum}`);
});
test('perturbPatterns switches what was wished and nothing else, at the cost of the programme with all rows', async () => {
  const [layer, margin] = [model.dense[0]!, 1e-6];
  const before = affine(model.dense[0]!, batch.inputs);
  const wished = [3, 11, 40].map((neuron) => ({ sample: 0, neuron, fires: !(before.data[neuron]! > 0) }));
  const { batch: moved, unmet } = await perturbPatterns(model, batch, wished, { bounds: [0, 1], margin });
  assert.deepEqual(unmet, []);
  const after = affine(model.dense[0]!, moved.inputs);
  const fires = (j: number): boolean => wished.find((c) => c.neuron === j)?.fires ?? before.data[j]! > 0;
  for (let j = 0; j < 60; j++) assert.equal(after.data[j]! > 0, fires(j), `neuron ${j}`);
  assert.deepEqual(moved.inputs.data.slice(20), batch.inputs.data.slice(20));
  // the same programme with every neuron as a row from the start
  const x = row(batch.inputs, 0);
  const all = await linearProgram({
    cost: new Float64Array(40).fill(1),
    lower: new Float64Array(40),
    upper: Float64Array.from({ length: 40 }, (_, k) => (k < 20 ? 1 - x[k]! : x[k - 20]!)),
    rows: fromRows(
      Array.from({ length: 60 }, (_, j) => [...row(layer.weight, j), ...row(layer.weight, j).map((w) => -w)]),
    ),
    rowLower: Float64Array.from({ length: 60 }, (_, j) => (fires(j) ? margin - before.data[j]! : -Infinity)),
    rowUpper: Float64Array.from({ length: 60 }, (_, j) => (fires(j) ? Infinity : -margin - before.data[j]!)),
  });
  const least = all!.reduce((total, v) => total + v, 0);
  const sum = moved.inputs.data.reduce((total, v, k) => total + Math.abs(v - batch.inputs.data[k]!), 0);
  assert.ok(sum > 0 && Math.abs(sum - least) < 1e-5 * least, `${sum}, least ${least}`);
});
test('exclusivityReduction leaves no exclusive neuron in the first layer, inside the bounds', async () => {
  assert.ok(firstLayer(batch).reduce((a, b) => a + b) > 0);
  const { batch: reduced, unmet, distance } = await exclusivityReduction(model, batch, { bounds: [0, 1] });
  assert.deepEqual([firstLayer(reduced), unmet], [[0, 0, 0, 0, 0, 0], []]);
  assert.ok(distance > 0 && distance < 0.5, `${distance}`);
  assert.ok(reduced.inputs.data.every((v) => 0 <= v && v <= 1));
});
test('exclusivityInduction gives every sample the exclusive neurons asked for', async () => {
  const { batch: induced, unmet } = await exclusivityInduction(model, batch, { exans: 2, bounds: [0, 1] });
  assert.deepEqual(unmet, []);
  assert.ok(firstLayer(induced).every((n) => n >= 2));
});
test('composeBatch lowers the exclusive neurons and keeps the labels', () => {
  const pool = uniformBatch(200, 20, 4, 7);
  const { batch: composed, before, after } = composeBatch(model, batch, pool);
  const total = (b: Batch): number => firstLayer(b).reduce((a, n) => a + n, 0);
  assert.deepEqual([before, after], [total(batch), total(composed)]);
  assert.ok(after < before);
  assert.deepEqual(composed.labels, batch.labels);
});
test('composeBatch does not hide a sample behind its own copy', () => {
  const single: Batch = { inputs: batch.inputs, labels: new Int32Array(6) };
  assert.deepEqual(composeBatch(model, single, single).batch.inputs, batch.inputs);
});
test('exclusivity reduction, induction and composition are no-ops at strength 0', async () => {
  const pool = uniformBatch(20, 20, 4, 7);
  assert.deepEqual((await exclusivityReduction(model, batch, { strength: 0 })).batch, batch);
  assert.deepEqual((await exclusivityInduction(model, batch, { exans: 0 })).batch, batch);
  assert.deepEqual(composeBatch(model, batch, pool, { swaps: 0 }).batch, batch);
});
test('exclusivityReduction names a strength out of range', async () => {
  await assert.rejects(
    exclusivityReduction(model, batch, { strength: 2 }),
    /strength is 2, expected a number in \[0, 1\]/,
  );
});
