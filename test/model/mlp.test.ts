import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../src/math/matrix';
import { forward } from '../../src/model/forward';
import { mlp, mlpOf } from '../../src/model/mlp';
import { lossVector, softmax } from '../../src/model/softmax';
import type { Mlp } from '../../src/types';
import { close } from '../support/closeness';

const deviation = (v: Float64Array) => Math.sqrt(v.reduce((s, x) => s + x * x, 0) / v.length);

test('mlp gives equal networks for equal seeds and others for other seeds', () => {
  const weight = (seed: number) => mlp({ widths: [5, 4, 3], seed }).dense[0]!.weight.data;
  assert.deepEqual(weight(3), weight(3));
  assert.notDeepEqual(weight(3), weight(4));
});
test('initialisers have the spread that their papers give', () => {
  const spread = (init: 'pytorch' | 'he' | 'xavier') => {
    const [layer] = mlp({ widths: [400, 300, 2], seed: 1, init }).dense;
    return { weight: deviation(layer!.weight.data), bias: deviation(layer!.bias!) };
  };
  close(spread('pytorch').weight, 1 / 20 / Math.sqrt(3), 0.01); // U(-1/20, 1/20)
  close(spread('he').weight, Math.sqrt(2 / 400), 0.01);
  close(spread('xavier').weight, Math.sqrt(6 / 700) / Math.sqrt(3), 0.01);
  assert.equal(spread('he').bias, 0);
});
test('mlp without biases has none', () => {
  assert.ok(mlp({ widths: [3, 4, 2], biases: false }).dense.every((l) => l.bias === undefined));
});
test('mlp says what is wrong with its widths', () => {
  assert.throws(() => mlp({ widths: [784, 10] }), /mlp: widths are \[784,10\], expected at least three/);
  assert.throws(() => mlp({ widths: [784, 512, 1] }), /mlp: 1 class, expected at least 2/);
  assert.throws(() => mlp({ widths: [784, Number.NaN, 10] }), /expected at least three positive integers/);
  assert.throws(() => mlp({ widths: [4, 4, 2], seed: 0.5 }), /seed is 0.5, expected an integer/);
});
test('forward of a three-neuron net, worked by hand: x = 2 gives features (2, 0, 1) and logits (3, 0)', () => {
  const net: Mlp = mlpOf([
    { weight: fromRows([[1], [-1], [1]]), bias: Float64Array.of(0, 0, -1) },
    {
      weight: fromRows([
        [1, 0, 1],
        [0, 1, 0],
      ]),
      bias: Float64Array.of(0, 0),
    },
  ]);
  const { features, logits } = forward(net, fromRows([[2]]));
  assert.deepEqual([...features[1]!.data], [2, 0, 1]);
  assert.deepEqual([...logits.data], [3, 0]);
  assert.deepEqual([...forward(net, fromRows([[2, 0, 1]]), 1).logits.data], [3, 0]);
  assert.throws(() => forward(net, fromRows([[1, 2]])), /features have 2 columns, expected 1/);
});
test('softmax survives large logits, and a confident loss vector keeps its small entries', () => {
  assert.deepEqual([...softmax(Float64Array.of(1000, 1000))], [0.5, 0.5]);
  const g = lossVector(Float64Array.of(50, 0), 0);
  close(g[0]!, -Math.exp(-50), 1e-12); // p - 1 would be 0 here
  assert.equal(g[0]! + g[1]!, 0);
});
