import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { innerRange, pictureUrl, rangeOf, shrinkFor } from '../../src/report/pictures';

/** Bytes of a PNG with filter 0, row by row. */
function pixels(url: string): number[] {
  const file = Buffer.from(url.replace('data:image/png;base64,', ''), 'base64');
  const at = file.indexOf('IDAT');
  return [...inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)))];
}

test('pictureUrl draws planes and pixels in the order in which they were flattened', () => {
  const shape = { height: 1, width: 2, channels: 3, channelsFirst: true } as const;
  const range = { low: 0, high: 1 };
  const planes = Float64Array.of(1, 0, 0, 1, 0, 0); // red; green
  assert.deepEqual(pixels(pictureUrl(planes, shape, range)), [0, 255, 0, 0, 0, 255, 0]);
  assert.deepEqual(pixels(pictureUrl(planes, { ...shape, channelsFirst: false }, range)), [0, 255, 0, 0, 255, 0, 0]);
});
test('pictureUrl averages blocks when it shrinks, at the edge what is there, and cuts at the range', () => {
  const shape = { height: 3, width: 3, channels: 1, channelsFirst: false } as const;
  const input = Float64Array.of(0, 2, 4, 2, 4, 4, 8, 8, 99);
  assert.deepEqual(pixels(pictureUrl(input, shape, { low: 0, high: 8 }, 2)), [0, 64, 128, 0, 255, 255]);
});
test('rangeOf keeps to [0, 1] where samples do, else spans them; innerRange leaves the wildest values out', () => {
  assert.deepEqual(rangeOf([Float64Array.of(0.1, 0.9), Float64Array.of(-1e-3)]), { low: 0, high: 1 });
  assert.deepEqual(rangeOf([Float64Array.of(-2, 3)]), { low: -2, high: 3 });
  assert.deepEqual(rangeOf([Float64Array.of(5, 5)]), { low: 4, high: 6 });
  const wild = Float64Array.from({ length: 1000 }, (_, i) => (i === 0 ? 1e9 : i / 1000));
  assert.ok(innerRange(wild).high < 1);
});
test('shrinkFor keeps 64 pictures of any size below 3.5 MB of pixels', () => {
  for (const side of [28, 224, 1024]) {
    const shape = { height: side, width: side, channels: 3, channelsFirst: true } as const;
    const k = shrinkFor(shape, 64);
    assert.ok(64 * 3 * Math.ceil(side / k) ** 2 <= 3.5e6);
    assert.equal(k === 1, side === 28);
  }
});
