import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../src/math/matrix';
import type { Batch } from '../../src/types';
import type { HeatmapTrace, ImageTrace } from '../../src/viz/figure';
import { imageGrid } from '../../src/viz/imageGrid';

const image = { height: 1, width: 2, channels: 1 };
const truth: Batch = {
  inputs: fromRows([
    [0, 1],
    [1, 0.5],
  ]),
  labels: Int32Array.of(3, 7),
  image,
};
const shuffled: Batch = {
  inputs: fromRows([
    [1, 0.5],
    [0, 1],
  ]),
  labels: Int32Array.of(7, 3),
};

test('imageGrid(batches) puts each sample below the true one it matches, two empty pixels between pictures', () => {
  const figure = imageGrid({ truth, exan: shuffled });
  const gap = [null, null];
  const line = [0, 1, ...gap, 1, 0.5];
  const empty = line.map(() => null);
  assert.deepEqual((figure.data[0] as HeatmapTrace).z, [line, empty, empty, line]);
  assert.deepEqual(figure.layout.yaxis?.ticktext, ['truth', 'exan']);
  assert.deepEqual(figure.layout.yaxis?.tickvals, [0, 3]);
  assert.deepEqual(figure.layout.xaxis?.ticktext, ['label 3', 'label 7']);
  assert.deepEqual(figure.layout.xaxis?.tickvals, [0.5, 4.5]);
});

test('imageGrid(batches) keeps the order it was given when asked to', () => {
  const { z } = imageGrid({ truth, exan: shuffled }, { align: false }).data[0] as HeatmapTrace;
  assert.deepEqual(z[3], [1, 0.5, null, null, 0, 1]);
});

test('imageGrid(batches) leaves the place of a sample that was not recovered empty', () => {
  const one: Batch = { inputs: fromRows([[1, 0.5]]), labels: Int32Array.of(7) };
  const { z } = imageGrid({ truth, exan: one }).data[0] as HeatmapTrace;
  assert.deepEqual(z[3], [null, null, null, null, 1, 0.5]);
});

test('imageGrid(batches) draws colour pictures as bytes, values beyond [0, 1] cut off', () => {
  const colour: Batch = {
    inputs: fromRows([[0, 0.5, 1, -1, 2, 0.2]]),
    labels: Int32Array.of(0),
    image: { height: 1, width: 2, channels: 3 },
  };
  assert.deepEqual((imageGrid({ colour }).data[0] as ImageTrace).z, [
    [
      [0, 128, 255],
      [0, 255, 51],
    ],
  ]);
});

test('imageGrid(batches) asks for a shape when no batch has one, and says when it does not fit', () => {
  assert.throws(() => imageGrid({ exan: shuffled }), /pass \{ image: \{ height, width, channels \} \}/);
  assert.throws(() => imageGrid({ exan: shuffled }, { image: { height: 2, width: 2, channels: 1 } }), /have 2 entries/);
  assert.throws(() => imageGrid({}), /no batch, expected at least one/);
});
test('imageGrid takes captions and a title instead of labels and names, and makes columns wide enough for them', () => {
  const captions = ['a long caption', 'another one'];
  const { layout } = imageGrid({ truth }, { captions, caption: 'what', title: 'mine' });
  const { xaxis } = layout;
  assert.deepEqual([layout.title.text, xaxis?.title?.text, xaxis?.ticktext], ['mine', 'what', captions]);
  assert.ok((layout.width as number) > (imageGrid({ truth }).layout.width as number));
});
