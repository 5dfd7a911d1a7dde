import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FederatedCell, federatedSettings } from '../../src/viz/federatedSettings';

const row = { size: 8, epochs: 5, rate: 0.1, batchSize: null, exposed: 8, recovered: 8, exact: 8 };

test('federatedSettings has a row per client and a column per number of epochs, the mean over seeds in each cell', () => {
  const rows: FederatedCell[] = [
    { ...row, batchSize: 4, recovered: 2, exact: 0 },
    { ...row, batchSize: 4, recovered: 4, exact: 4 },
    { ...row, size: 32, exposed: 16, recovered: 0, exact: 0 },
    { ...row, rate: 0.01, epochs: 20 },
    row,
  ];
  const { data, layout } = federatedSettings(rows);
  const [map] = data;
  assert.ok(map?.type === 'heatmap');
  assert.deepEqual(map.x, ['5', '20']);
  assert.deepEqual(map.y, [
    'M = 8, whole batch, rate 0.01',
    'M = 8, whole batch, rate 0.1',
    'M = 8, batches of 4, rate 0.1',
    'M = 32, whole batch, rate 0.1',
  ]);
  assert.deepEqual(map.text, [
    ['', '100/100/100'],
    ['100/100/100', ''],
    ['100/38/25', ''],
    ['50/0/0', ''],
  ]);
  assert.deepEqual(map.z, [
    [null, 1],
    [1, null],
    [0.375, null],
    [0, null],
  ]);
  assert.ok((layout.width ?? 0) < 700);
});
test('federatedSettings names only what tells clients apart, and what they have in common once', () => {
  const { data, layout } = federatedSettings([row, { ...row, rate: 0.01 }]);
  const [map] = data;
  assert.ok(map?.type === 'heatmap');
  assert.deepEqual(map.y, ['rate 0.01', 'rate 0.1']);
  assert.equal(layout.xaxis?.title?.text, 'epochs, M = 8, whole batch');
  const [alone] = federatedSettings([row]).data;
  assert.ok(alone?.type === 'heatmap');
  assert.deepEqual(alone.y, ['M = 8, whole batch, rate 0.1']);
});
test('federatedSettings refuses to draw nothing', () => {
  assert.throws(() => federatedSettings([]), /federatedSettings: there are no rows/);
});
