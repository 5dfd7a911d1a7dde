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

test('imageGrid(batches) puts each sample below the true one it matches, two empty pixels between pictures, labels below', () => {
  const figure = imageGrid({ truth, exan: shuffled });
  const gap = [null, null];
  const line = [0, 1, ...gap, 1, 0.5];
  const empty = line.map(() => null);
  const { z } = figure.data[0] as HeatmapTrace;
  assert.deepEqual(z.slice(0, 4), [line, empty, empty, line]);
  assert.ok(z.length > 6 && z.slice(4).every((row) => row.every((v) => v === null)));
  assert.deepEqual(figure.layout.yaxis?.ticktext, ['truth', 'exan']);
  assert.deepEqual(figure.layout.yaxis?.tickvals, [0, 3]);
  const captions = figure.layout.annotations ?? [];
  assert.deepEqual(
    captions.map(({ text, x }) => [text, x]),
    [
      ['label 3', 0.5],
      ['label 7', 4.5],
    ],
  );
  assert.ok(captions.every(({ y }) => y > 3.5 && y < z.length - 0.5));
});

test('imageGrid(batches) goes on below in blocks that a narrow page has room for, each with its names and captions', () => {
  const many = (size: number, side: number): Batch => ({
    inputs: fromRows(Array.from({ length: size }, (_, m) => new Array(side * side).fill((m + 1) / size))),
    labels: Int32Array.from({ length: size }, (_, m) => m % 10),
    image: { height: side, width: side, channels: 1 },
  });
  for (const [size, side, columns] of [
    [64, 28, 16],
    [17, 28, 9],
    [8, 64, 8],
    [8, 28, 8],
  ] as const) {
    const batch = many(size, side);
    const { data, layout } = imageGrid({ truth: batch, again: batch });
    const { z } = data[0] as HeatmapTrace;
    const blocks = Math.ceil(size / columns);
    assert.equal(z[0]?.length, columns * (side + 2) - 2);
    assert.deepEqual(layout.yaxis?.ticktext, Array.from({ length: blocks }, () => ['truth', 'again']).flat());
    const { tickvals = [] } = layout.yaxis ?? {};
    layout.annotations?.forEach(({ x, y, text }, m) => {
      const row = 2 * Math.floor(m / columns) + 1;
      assert.equal(text.replace('label ', ''), String(m % 10));
      const shown = z[tickvals[row] as number] ?? z[Math.floor(tickvals[row] as number)];
      assert.equal(
        shown?.[Math.floor(x)],
        Math.round(((m + 1) / size) * 1e4) / 1e4,
        'the caption stands below its sample',
      );
      assert.ok(y > (tickvals[row] as number) + side / 2 && !(y > (tickvals[row + 1] ?? Number.POSITIVE_INFINITY)));
    });
    assert.equal(layout.annotations?.length, size);
  }
});

test('imageGrid(batches) has no fixed width that a page of 700 pixels would cut', () => {
  const image = { height: 28, width: 28, channels: 1 };
  const of = (size: number): Batch => ({
    inputs: fromRows(Array.from({ length: size }, () => new Array(784).fill(0))),
    labels: new Int32Array(size),
    image,
  });
  for (const size of [1, 4, 6, 8, 64, 200]) assert.ok((imageGrid({ b: of(size) }).layout.width ?? 0) <= 560, `${size}`);
  assert.equal(imageGrid({ b: of(64) }).layout.width, undefined);
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
  assert.deepEqual((imageGrid({ colour }).data[0] as ImageTrace).z[0], [
    [0, 128, 255],
    [0, 255, 51],
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
  assert.deepEqual([layout.title.text, layout.xaxis?.title?.text], ['mine', 'what']);
  assert.deepEqual(
    layout.annotations?.map(({ text }) => text),
    captions,
  );
  assert.ok((layout.width as number) > (imageGrid({ truth }).layout.width as number));
});
