import assert from 'node:assert/strict';
import test from 'node:test';
import { mnist } from '../../src/data/mnist';
import { row } from '../../src/math/matrix';

test('mnist has 10,000 digits of 784 greys in [0, 1], none of them empty', async () => {
  const { inputs, labels, classes, image } = await mnist();
  assert.deepEqual([inputs.rows, inputs.columns, labels.length, classes], [10000, 784, 10000, 10]);
  assert.deepEqual(image, { height: 28, width: 28, channels: 1 });
  assert.ok(inputs.data.every((v) => 0 <= v && v <= 1));
  for (let m = 0; m < inputs.rows; m++) assert.ok(row(inputs, m).some((v) => v > 0));
});
test('mnist has 1001 zeros and 1127 ones, as the package counts them', async () => {
  const { labels } = await mnist();
  assert.equal(labels.filter((y) => y === 0).length, 1001);
  assert.equal(labels.filter((y) => y === 1).length, 1127);
});
test('mnist is read once', async () => {
  assert.equal(await mnist(), await mnist());
});
test('mnist labels fit their digits: a zero is dark in the middle, a one is bright', async () => {
  const { inputs, labels } = await mnist();
  const middle = [0, 1].map((digit) => {
    const values = [...labels].flatMap((y, m) => (y === digit ? [inputs.data[m * 784 + 14 * 28 + 14] as number] : []));
    return values.reduce((sum, v) => sum + v, 0) / values.length;
  }) as [number, number];
  assert.ok(middle[0] < 0.1 && middle[1] > 0.5, String(middle));
});
