import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { fromRows } from '../../../src/math/matrix';
import { mlpOf } from '../../../src/model/mlp';
import { gatherEvidence } from '../../../src/reconstruction/evidence/evidence';
import { type Remainder, remainderOf, rowsAt, standsOut } from '../../../src/reconstruction/evidence/remainder';
import { type Explanation, explain } from '../../../src/reconstruction/rays/explain';
import { rays } from '../../../src/reconstruction/rays/rays';
import { paperScale, solveScale, twoClassScales } from '../../../src/reconstruction/rays/scale';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import type { Batch, Mlp } from '../../../src/types';
import { close } from '../../support/closeness';

/**
 * Worked on paper: three neurons z = (x1, x2, x1 + x2 - 10), head W_1 = I. For the batch a = (1, -1), b = (-1, 2) neuron 0
 * is a's alone, neuron 1 is b's alone, neuron 2 is dead. Logits are (1, 0, 0) and (0, 2, 0).
 */
const net: Mlp = mlpOf([
  {
    weight: fromRows([
      [1, 0],
      [0, 1],
      [1, 1],
    ]),
    bias: Float64Array.of(0, 0, -10),
  },
  {
    weight: fromRows([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]),
    bias: Float64Array.of(0, 0, 0),
  },
]);
const pair: Batch = {
  inputs: fromRows([
    [1, -1],
    [-1, 2],
  ]),
  labels: Int32Array.of(1, 2),
};

test('row view: the gradient row of a neuron that only one sample fires is delta/M times its input', () => {
  const { gradients } = captureGradient(net, pair);
  const e = Math.E;
  const delta = e / (e + 2); // g_0 of sample a, whose label is 1: p_0
  const [first] = gradients;
  close(first!.bias![0]!, delta / 2, 1e-15);
  close(first!.weight.data[0]!, delta / 2, 1e-15);
  close(first!.weight.data[1]!, -delta / 2, 1e-15);
});

/** What the rays of layer 0 are explained as, null where no sample explains one. */
const explanations = (left: Remainder): (Explanation | null)[] =>
  rays(rowsAt(left, 0), left.layers[0]!.variance).map((ray) => explain(left, 0, ray));

test('a dead neuron has a zero row, which does not stand out of the noise', () => {
  assert.deepEqual(standsOut(remainderOf(gatherEvidence(net, captureGradient(net, pair))), 0), [true, true, false]);
});

test('explain reads input, label and weight 1/2 from two rows of one sample', () => {
  // doubling neuron 0 gives sample a two parallel rows
  const doubled: Mlp = mlpOf([
    {
      weight: fromRows([
        [1, 0],
        [2, 0],
        [0, 1],
      ]),
      bias: Float64Array.of(0, 0.5, 0),
    },
    {
      weight: fromRows([
        [1, 0, 0.5],
        [0, 1, 0],
        [0.25, 0, 1],
      ]),
      bias: Float64Array.of(0, 0, 0),
    },
  ]);
  const left = remainderOf(gatherEvidence(doubled, captureGradient(doubled, pair)));
  const found = explanations(left).find((e) => e?.members.includes(0));
  assert.deepEqual([...(found?.members ?? [])].sort(), [0, 1]);
  const sample = found?.sample;
  assert.equal(sample?.label, 1);
  close(sample!.weight!, 0.5, 1e-12);
  close(sample!.pass.features[0]!.data[0]!, 1, 1e-14);
  close(sample!.pass.features[0]!.data[1]!, -1, 1e-14);
});

test('explain refuses a row that two samples share', () => {
  const shared: Batch = {
    inputs: fromRows([
      [1, -1],
      [3, -2],
    ]),
    labels: Int32Array.of(1, 2),
  };
  const left = remainderOf(gatherEvidence(net, captureGradient(net, shared)));
  assert.deepEqual(explanations(left), [null]);
});

test("Euler's identity holds for every neuron of a true gradient and breaks when one entry is changed", () => {
  const gradient = captureGradient(net, pair);
  assert.ok(gatherEvidence(net, gradient).misfit < 1e-15);
  gradient.gradients[0]!.weight.data[0] = 0.5;
  assert.ok(gatherEvidence(net, gradient).misfit > 0.01);
});

test('solveScale finds t from exp(t l): logits (0, 1, 2) at t = 3, label 0', () => {
  const p = [1, Math.exp(3), Math.exp(6)];
  const total = p[0]! + p[1]! + p[2]!;
  const seen = Float64Array.of(-(p[1]! + p[2]!) / total, p[1]! / total, p[2]! / total).map((v) => (v * 3) / 4);
  close(solveScale(Float64Array.of(0, 1, 2), seen, 0)!, 3, 1e-13);
});

test('solveScale gives up when no positive length fits', () => {
  assert.equal(solveScale(Float64Array.of(0, 1, 2), Float64Array.of(-3, 2, 1), 0), null);
});

test('twoClassScales: one root when misclassified, two or none when classified correctly', () => {
  const size = (t: number, margin: number) => t / (1 + Math.exp(t * margin));
  const single = twoClassScales(-1, size(2, -1));
  assert.equal(single.length, 1);
  close(single[0]!, 2, 1e-12);
  const double = twoClassScales(1, size(0.5, 1));
  assert.equal(double.length, 2);
  close(double[0]!, 0.5, 1e-12);
  close(size(double[1]!, 1), size(0.5, 1), 1e-12);
  assert.deepEqual(twoClassScales(1, 10), []);
});

test("paperScale puts the label's loss entry at -2/3", () => {
  // c = weight t g, weight 1/4, g_y = -2/3: t = 6 gives c_y = -1
  close(paperScale(Float64Array.of(1, -1), 1, 1 / 4), 6, 1e-15);
});

test('one sample, M = 1, is read back whole', () => {
  const lone: Batch = { inputs: fromRows([[1, 2]]), labels: Int32Array.of(0) };
  const found = reconstruct(net, captureGradient(net, lone));
  assert.equal(found.status, 'exact');
  assert.equal(found.batchSize, 1);
  assert.equal(found.samples[0]?.label, 0);
});
