import assert from 'node:assert/strict';
import test from 'node:test';
import { encode } from 'jpeg-js';
import { InputError } from '../../src/check';
import { decodeJpeg } from '../../src/data/jpeg';

// 10 x 6 pixels, written by Pillow (quality 85, no subsampling); the pixels below are what Pillow reads of it
const file = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQaFRERGCEYGh0dHx8fExciJCIeJBweHx7/2wBDAQUFBQcGBw4ICA4eFBEUHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh7/wAARCAAGAAoDAREAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAABv/EAB8QAAAFBAMAAAAAAAAAAAAAAAACBAYhAQUSIjFRkf/EABUBAQEAAAAAAAAAAAAAAAAAAAUH/8QAGxEAAgIDAQAAAAAAAAAAAAAAAAYBAwISISL/2gAMAwEAAhEDEQA/ADtjYaLWSeB1iZbugKuxW+RQVhIsaSTjoS/Nlu2kr2DFbrB//9k=',
  'base64',
);

test('decodeJpeg gives the pixels that Pillow gives, to 2 of 255', () => {
  const { width, height, channels, data } = decodeJpeg('t', file);
  assert.deepEqual([width, height, channels, data.length], [10, 6, 3, 180]);
  for (const [at, pixel] of [
    [0, [8, 24, 197]],
    [59, [187, 166, 73]],
    [34, [86, 112, 129]],
  ] as const)
    for (const [k, v] of pixel.entries())
      assert.ok(
        Math.abs((data[3 * at + k] ?? 0) - v) <= 2,
        `${at}: ${data.slice(3 * at, 3 * at + 3)}, Pillow ${pixel}`,
      );
});
test('decodeJpeg refuses what is cut off, no JPEG, empty, or larger than it says it may be, and says which', () => {
  const refused = (bytes: Buffer, why: RegExp): void => {
    assert.throws(
      () => decodeJpeg('t', bytes),
      (e) => e instanceof InputError && why.test(e.message),
      String(why),
    );
  };
  refused(file.subarray(0, 20), /^t is a damaged JPEG file \(no frame header\)/);
  refused(file.subarray(0, 300), /^t is a damaged JPEG file/);
  refused(Buffer.from('GIF89a, not a JPEG'), /^t is not a JPEG file/);
  refused(Buffer.alloc(0), /^t is not a JPEG file/);
  const frame = file.indexOf(Buffer.of(0xff, 0xc0));
  const sized = (height: number, width: number): Buffer => {
    const other = Buffer.from(file);
    other.writeUInt16BE(height, frame + 5);
    other.writeUInt16BE(width, frame + 7);
    return other;
  };
  refused(sized(65535, 65535), /says that it has 65535 x 65535 pixels, expected 1 to 2\^26/);
  refused(sized(0, 10), /says that it has 10 x 0 pixels/);
  refused(sized(8000, 8000), /damaged JPEG file/);
  const cmyk = Buffer.from(file);
  cmyk[frame + 9] = 4;
  refused(cmyk, /has 4 colour components, expected 1 \(grey\) or 3/);
});
test('decodeJpeg keeps a flat colour to 3 of 255 through another encoder', () => {
  const data = Buffer.from(Array.from({ length: 400 }, (_, k) => [200, 90, 30, 255][k % 4] ?? 0));
  const { channels, data: read } = decodeJpeg('t', encode({ width: 10, height: 10, data }, 95).data);
  assert.equal(channels, 3);
  for (const [k, v] of read.entries()) assert.ok(Math.abs(v - ([200, 90, 30][k % 3] ?? 0)) <= 3, `${k}: ${v}`);
});
