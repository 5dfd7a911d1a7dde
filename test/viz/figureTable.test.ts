import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from '../../src/cli/figureFiles';
import { figureTable } from '../../src/viz/figureTable';

const layout = { title: { text: '' } };

test('figureTable(figure) has a row for each point and bar, by the name of its trace or its number', () => {
  const line = { type: 'scatter', mode: 'lines', name: 'ours', x: [1, 2], y: [3, 4] } as const;
  const bar = { type: 'bar', x: ['a'], y: [5], text: ['five'] } as const;
  assert.deepEqual(figureTable({ data: [line, bar], layout }), [
    ['ours', 1, 3, '', ''],
    ['ours', 2, 4, '', ''],
    ['1', 'a', 5, '', 'five'],
  ]);
});

test('figureTable(figure) has a row for each cell with a value, and red, green and blue for a pixel', () => {
  const heat = { type: 'heatmap', z: [[1, null]], x: ['left', 'right'], y: ['row'] } as const;
  const image = { type: 'image', z: [[null, [1, 2, 3]]] } as const;
  assert.deepEqual(figureTable({ data: [heat, image], layout }), [
    ['0', 'left', 'row', 1, ''],
    ['1', 1, 0, '1 2 3', ''],
  ]);
});

test('csvOf(figure) quotes what holds commas, quotes or line ends', () => {
  const line = { type: 'scatter', mode: 'lines', name: 'a, "b"\nc', x: [1], y: [0.5] } as const;
  assert.equal(csvOf({ data: [line], layout }), 'trace,x,y,value,text\r\n"a, ""b""\nc",1,0.5,,\r\n');
});
