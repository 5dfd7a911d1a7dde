import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { png } from '../../src/viz/png';

/** Reads chunks back by the specification's layout: length, type, data, checksum of type and data. */
function chunks(file: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 8 + length);
    assert.equal(file.readUInt32BE(at + 8 + length), crc32(body));
    found.set(body.subarray(0, 4).toString('latin1'), body.subarray(4));
    at += 12 + length;
  }
  return found;
}

test('png(pixels) holds the pixels row by row, each behind filter 0', () => {
  const bytes = Uint8Array.of(0, 127, 255, 1, 2, 3);
  const file = Buffer.from(png({ height: 2, width: 3, channels: 1, bytes }));
  assert.equal(file.subarray(0, 8).toString('hex'), '89504e470d0a1a0a');
  const parts = chunks(file);
  assert.deepEqual([...parts.keys()], ['IHDR', 'IDAT', 'IEND']);
  assert.deepEqual([...(parts.get('IHDR') as Buffer)], [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
  assert.deepEqual([...inflateSync(parts.get('IDAT') as Buffer)], [0, 0, 127, 255, 0, 1, 2, 3]);
});

test('png(pixels) marks RGB as colour type 2', () => {
  const file = Buffer.from(png({ height: 1, width: 1, channels: 3, bytes: Uint8Array.of(9, 8, 7) }));
  assert.equal(chunks(file).get('IHDR')?.[9], 2);
});

test('png(pixels) says how many bytes it expected', () => {
  assert.throws(
    () => png({ height: 1, width: 2, channels: 3, bytes: new Uint8Array(5) }),
    /5 bytes, expected 1 x 2 x 3/,
  );
});
