import assert from 'node:assert/strict';
import test from 'node:test';
import type { Tensor } from '../../src/data/safetensors';
import { orderOf, type Slot } from '../../src/model/moduleOrder';
import { modulesOf } from '../../src/model/moduleTensors';

const tensor = (...shape: number[]): Tensor => ({ dtype: 'F64', shape, data: new Float64Array(0) });
const modules = (weights: Record<string, number[]>) =>
  modulesOf('f', new Map(Object.entries(weights).map(([name, shape]) => [`${name}.weight`, tensor(...shape)])));
const paths = (weights: Record<string, number[]>, slots: readonly Slot[], channels?: number) => {
  const order = orderOf(modules(weights), slots, channels);
  return typeof order === 'string' ? order : order.map((module) => module?.path);
};
const linear = (n: number): Slot[] => Array.from({ length: n }, () => 'Linear' as const);

test('orderOf follows shapes where names have no numbers, and numbers where shapes leave a choice', () => {
  assert.deepEqual(paths({ a: [2, 3], b: [3, 4], c: [4, 5] }, linear(3)), ['c', 'b', 'a']);
  assert.deepEqual(paths({ l2: [3, 3], l10: [3, 3], head: [2, 3], l1: [3, 4] }, linear(4)), [
    'l1',
    'l2',
    'l10',
    'head',
  ]);
});
test('orderOf lets shapes win where numbers are no order, but not in a chain that is transposed', () => {
  assert.deepEqual(paths({ c1: [2, 3, 1, 1], c2: [3, 4, 1, 1] }, ['Conv2d', 'Conv2d'], 4), ['c2', 'c1']);
  assert.equal(paths({ l1: [2, 3], l2: [3, 4] }, linear(2)), 'none');
});
test('orderOf keeps together what is in one container, so that equal widths leave no choice', () => {
  const weights = { 'head.0': [3, 3], 'head.2': [2, 3], 'encoder.0': [3, 4], 'encoder.2': [3, 3] };
  assert.deepEqual(paths(weights, linear(4)), ['encoder.0', 'encoder.2', 'head.0', 'head.2']);
  assert.equal(paths({ ...weights, 'middle.0': [3, 3], 'side.0': [3, 3] }, linear(6)), 'several');
});
test('orderOf says none and several', () => {
  assert.equal(paths({ a: [2, 3], b: [5, 4] }, linear(2)), 'none');
  assert.equal(paths({ a: [3, 3], b: [3, 3] }, linear(2)), 'several');
  assert.equal(paths({ a: [3, 3] }, linear(2)), 'none');
});
test('orderOf puts convolutions by channels, and the first Linear behind them takes their values', () => {
  const weights = { out: [10, 8], body: [8, 36], stem: [4, 1, 3, 3], mid: [9, 4, 3, 3] };
  assert.deepEqual(paths(weights, ['Conv2d', 'Conv2d', 'Linear', 'Linear'], 1), ['stem', 'mid', 'body', 'out']);
  assert.equal(paths(weights, ['Conv2d', 'Conv2d', 'Linear', 'Linear'], 3), 'none');
});
test('orderOf gives up on a file that is made to have very many orders', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, k) => [String.fromCharCode(0x100 + k), [3, 3]]));
  assert.equal(paths({ ...many, first: [3, 4], last: [5, 3] }, linear(42)), 'several');
  assert.equal(paths({ ...many, last: [5, 7] }, linear(41)), 'several'); // none fits, which takes too long to know
});
test('orderOf takes a chain of a thousand layers', () => {
  const weights = Object.fromEntries(Array.from({ length: 1000 }, (_, k) => [`l${k}`, [3, 3]]));
  assert.equal(paths(weights, linear(1000)).length, 1000);
});
