import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { fromNpz } from '../../src/data/fromNpz';
import { decodePng } from '../../src/data/png';
import { png } from '../../src/viz/png';
import { dataFile } from '../support/dataFolder';

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
};
const head = (width: number, height: number, depth: number, type: number, interlaced = 0): Buffer => {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, type, 0, 0, interlaced], 8);
  return data;
};
/** A file of lines that have their filter byte already. */
const file = (header: Buffer, lines: number[], ...more: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', deflateSync(Buffer.from(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
const decoded = (...args: Parameters<typeof file>): number[] => [...decodePng('p', file(...args)).data];

test('decodePng undoes each filter, worked out by hand', () => {
  // 3 x 2 greys 10 20 30 / 40 50 60; the second line stored as none, left, above, mean and Paeth
  const first = [1, 10, 10, 10];
  for (const second of [
    [0, 40, 50, 60],
    [1, 40, 10, 10],
    [2, 30, 30, 30],
    [3, 35, 20, 20],
    [4, 30, 10, 10],
  ])
    assert.deepEqual(decoded(head(3, 2, 8, 0), [...first, ...second]), [10, 20, 30, 40, 50, 60], String(second[0]));
});
test('decodePng reads greys of 1, 2, 4 and 16 bits, palettes and pictures with transparency', () => {
  assert.deepEqual(decoded(head(3, 1, 1, 0), [0, 0b10100000]), [255, 0, 255]);
  assert.deepEqual(decoded(head(3, 1, 2, 0), [0, 0b00011100]), [0, 85, 255]);
  assert.deepEqual(decoded(head(3, 1, 4, 0), [0, 0x0f, 0x70]), [0, 255, 119]);
  assert.deepEqual(decoded(head(2, 1, 16, 0), [0, 200, 7, 3, 9]), [200, 3]);
  const palette = chunk('PLTE', Buffer.of(1, 2, 3, 4, 5, 6));
  assert.deepEqual(decoded(head(2, 1, 8, 3), [0, 1, 0], palette), [4, 5, 6, 1, 2, 3]);
  assert.deepEqual(decoded(head(1, 1, 8, 6), [0, 9, 8, 7, 255]), [9, 8, 7]);
  assert.deepEqual(decoded(head(2, 1, 8, 4), [0, 9, 255, 8, 0]), [9, 8]);
});
test('decodePng reads what viz.png wrote', () => {
  for (const channels of [1, 3] as const) {
    const bytes = Uint8Array.from({ length: 5 * 7 * channels }, (_, k) => (k * 37) % 256);
    assert.deepEqual(decodePng('p', Buffer.from(png({ height: 5, width: 7, channels, bytes }))), {
      height: 5,
      width: 7,
      channels,
      data: bytes,
    });
  }
});
const real = dataFile('retina/labels.csv');
test('decodePng reads photographs of another program as NumPy has them', { skip: real.skip }, async () => {
  const names = readFileSync(real.path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[0] as string);
  const { inputs } = await fromNpz(dataFile('retina/retina_64.npz').path);
  assert.equal(names.length, inputs.rows);
  names.forEach((name, m) => {
    const { data, width, channels } = decodePng(name, readFileSync(join(dirname(real.path), 'images64', name)));
    assert.deepEqual([width, channels], [64, 3]);
    assert.ok(
      data.every((v, k) => v / 255 === inputs.data[m * inputs.columns + k]),
      name,
    );
  });
});
test('decodePng refuses damage, and a size that is not there before it unpacks anything', () => {
  const good = file(head(2, 1, 8, 0), [0, 1, 2]);
  const changed = Buffer.from(good);
  changed[45] = (changed[45] as number) ^ 1;
  const cases: [RegExp, Buffer][] = [
    [/is not a PNG file/, Buffer.from('GIF89a')],
    [/no end \(truncated\?\)|longer than the file/, good.subarray(0, -6)],
    [/chunk IDAT is damaged/, changed],
    [/colour type 5/, file(head(2, 1, 8, 5), [0, 1, 2])],
    [/colour type 0, 3 bits/, file(head(2, 1, 3, 0), [0, 1, 2])],
    [/interlacing 1, expected a PNG of 8 or 16 bits, not interlaced/, file(head(2, 1, 8, 0, 1), [0, 1, 2])],
    [/says that it has 100000 x 100000 pixels, expected 1 to 2\^26/, file(head(1e5, 1e5, 8, 0), [0, 1, 2])],
    [/has 3 bytes of pixels, expected 4/, file(head(3, 1, 8, 0), [0, 1, 2])],
    [/is damaged/, file(head(1, 1, 8, 0), [0, 1, 2])],
    [/filter 9 in line 0/, file(head(2, 1, 8, 0), [9, 1, 2])],
  ];
  for (const [message, bytes] of cases) assert.throws(() => decodePng('p', bytes), { name: 'InputError', message });
});
