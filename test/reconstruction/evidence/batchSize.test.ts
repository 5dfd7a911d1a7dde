import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchSizeFrom } from '../../../src/reconstruction/evidence/batchSize';

test('batchSizeFrom reads M and the number of copies from the weights', () => {
  const factor = 1;
  assert.deepEqual(batchSizeFrom([0.25, 0.5], false, 'mean'), {
    size: 4,
    copies: [1, 2],
    reduction: 'mean',
    unit: 0.25,
    factor,
  });
  assert.deepEqual(batchSizeFrom([1, 1, 1], true, 'mean'), {
    size: 3,
    copies: [1, 1, 1],
    reduction: 'sum',
    unit: 1,
    factor,
  });
  assert.deepEqual(batchSizeFrom([1], true, 'mean'), { size: 1, copies: [1], reduction: 'mean', unit: 1, factor });
});
test('batchSizeFrom gives no size where the weights are no multiples of one unit, or one over no whole number', () => {
  assert.equal(batchSizeFrom([0.2713, 0.4337], false, 'mean').size, null);
  assert.equal(batchSizeFrom([1 / 4.4, 1 / 4.4], false, 'mean').size, null);
});
test('weights of a whole batch that are no 1/M are those of a scaled gradient: the factor is theirs', () => {
  const { size, factor } = batchSizeFrom([0.03, 0.03, 0.03], true, 'mean');
  assert.deepEqual([size, Math.round(1e12 * (factor ?? 0))], [null, 9e10]);
});
test('a huge factor gives no copies without bound', () => {
  const { size, copies } = batchSizeFrom([1e7, 1e30, 3], true, 'sum');
  assert.deepEqual([size, copies], [null, [1, 1, 1]]);
});

test('weights that no small unit fits show no batch size, however coarse the tolerance', () => {
  const weights = [0.31, 0.117, 0.1, 0.243, 0.19, 0.158, 0.272, 0.135];
  const found = batchSizeFrom(weights, true, 'mean', 0.1);
  assert.equal(found.size, null);
  assert.deepEqual(
    found.copies,
    weights.map(() => 1),
  );
});

test('a false sample of a twelfth of the others’ weight is no unit of theirs', () => {
  const found = batchSizeFrom([4.515, 0.3745, 4.853, 4.891, 4.865, 4.868, 9.727], true, 'mean', 0.1);
  assert.equal(found.unit, null);
});
