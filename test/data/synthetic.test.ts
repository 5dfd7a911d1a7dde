import assert from 'node:assert/strict';
import test from 'node:test';
import { gaussian, uniform } from '../../src/data/synthetic';

const mean = (v: Float64Array): number => v.reduce((sum, e) => sum + e, 0) / v.length;

test('gaussian has the mean and deviation asked for', () => {
  const { inputs } = gaussian({ size: 200, dimension: 100, seed: 1, mean: 3, deviation: 2 });
  const centre = mean(inputs.data);
  assert.ok(Math.abs(centre - 3) < 0.06); // 4 standard errors: 4 * 2 / sqrt(20000)
  assert.ok(Math.abs(Math.sqrt(mean(inputs.data.map((v) => (v - centre) ** 2))) - 2) < 0.05);
});
test('uniform stays within its bounds and fills them', () => {
  const { data } = uniform({ size: 100, dimension: 100, seed: 1, low: -1, high: 1 }).inputs;
  assert.ok(data.every((v) => -1 <= v && v < 1));
  assert.ok(Math.abs(mean(data)) < 0.03);
});
test('synthetic labels use every class and repeat with the seed', () => {
  const { labels } = gaussian({ size: 100, dimension: 2, classes: 3, seed: 5 });
  assert.deepEqual([...new Set(labels)].sort(), [0, 1, 2]);
  assert.deepEqual(gaussian({ size: 100, dimension: 2, classes: 3, seed: 5 }).labels, labels);
});
test('a synthetic dataset can be drawn from', () => {
  assert.equal(uniform({ size: 10, dimension: 4 }).draw({ size: 3 }).inputs.rows, 3);
});
test('gaussian and uniform name the option that is wrong', () => {
  assert.throws(() => gaussian({ size: 0, dimension: 2 }), /gaussian: size is 0/);
  assert.throws(() => gaussian({ size: 1, dimension: 2, deviation: Number.NaN }), /deviation is NaN/);
  assert.throws(() => uniform({ size: 1, dimension: 2, classes: 1 }), /uniform: classes is 1/);
  assert.throws(() => uniform({ size: 1, dimension: 2, low: 1 }), /low is 1 and high is 1/);
});
