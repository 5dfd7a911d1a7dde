import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overTraining } from '../../src/viz/overTraining';
import { staticPicture } from '../../src/viz/staticPicture';

const at = (steps: number, precision: string, [recovered, within, exact] = [1, 0.5, 0.25]) => ({
  ...{ steps, precision, accuracy: steps / 1000 },
  recovered: { mean: recovered as number },
  within: { mean: within as number },
  exact: { mean: exact as number },
});
const rows = [at(900, 'float64'), at(30, 'fp16', [0.125, 0, 0]), at(100, 'float64'), at(900, 'fp16', [0, 0, 0])];

test('overTraining(rows) draws one line per precision, fewest steps first, each with its accuracy', () => {
  const drawn = { type: 'scatter', mode: 'lines+markers' };
  assert.deepEqual(overTraining(rows).data, [
    { ...drawn, name: 'float64', line: { width: 4, dash: 'solid' }, x: ['100 (10 %)', '900 (90 %)'], y: [1, 1] },
    { ...drawn, name: 'fp16', line: { width: 2, dash: 'solid' }, x: ['30 (3 %)', '900 (90 %)'], y: [0.125, 0] },
  ]);
});
test('overTraining(rows, of) draws samples within three bars, or batches exact, and says so on the axis', () => {
  for (const [of, value, title] of [
    ['within', 0.5, 'fraction of samples true within three error bars'],
    ['exact', 0.25, 'fraction of batches exact'],
  ] as const) {
    const { data, layout } = overTraining(rows, of);
    assert.deepEqual((data[0] as { y?: readonly number[] }).y, [value, value]);
    assert.equal(layout.yaxis?.title?.text, title);
  }
});
test('overTraining is drawn without plotly, lines and steps alike', () => {
  const { mime, data } = staticPicture(overTraining(rows));
  assert.equal(mime, 'image/svg+xml');
  for (const part of ['float64', 'fp16', '900 (90 %)']) assert.ok(data.includes(part), part);
  assert.ok(!data.includes('can only be seen in plotly'));
});
test('overTraining refuses no rows, and what is no measure', () => {
  assert.throws(() => overTraining([]), /no rows/);
  assert.throws(() => overTraining(rows, 'loss' as 'exact'), /of is loss, expected recovered, within, exact/);
});
