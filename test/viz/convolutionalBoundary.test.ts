import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convolutionalBoundary } from '../../src/viz/convolutionalBoundary';
import type { HeatmapTrace } from '../../src/viz/figure';
import { staticPicture } from '../../src/viz/staticPicture';

const network = { channels: [64, 128], side: 32, init: 'he', tried: 8 };
const rows = [
  { ...network, gate: 'pictures', counting: 9, conditioning: 8, experiment: null },
  { ...network, gate: 'block 2', counting: 3, conditioning: 2, experiment: 1 },
  { ...network, gate: 'head', counting: 255, conditioning: 8, experiment: 8 },
  { ...network, channels: [32], gate: 'block 1', counting: 0, conditioning: 0, experiment: 0 },
];

test('convolutionalBoundary(rows) has a line for each network, gates from the head to the pictures, three numbers in a cell', () => {
  const { x, y, z, text } = convolutionalBoundary(rows).data[0] as HeatmapTrace;
  assert.deepEqual(x, ['head', 'block 2', 'block 1', 'pictures']);
  assert.deepEqual(y, ['64-128, 32px, he', '32, 32px, he']);
  assert.deepEqual(text, [
    ['255/8+/8+', '3/2/1', '', '9/8+/?'],
    ['', '', '0/0/0', ''],
  ]);
  assert.deepEqual(z, [
    [Math.log2(9), 1, null, null],
    [null, null, 0, null],
  ]);
});
test('convolutionalBoundary is drawn without plotly', () => {
  const { data } = staticPicture(convolutionalBoundary(rows));
  for (const part of ['255/8+/8+', 'block 2', '64-128, 32px, he']) assert.ok(data.includes(part), part);
  assert.ok(!data.includes('can only be seen in plotly'));
});
test('convolutionalBoundary refuses no rows', () => {
  assert.throws(() => convolutionalBoundary([]), /there are no rows/);
});
