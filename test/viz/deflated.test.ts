import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { rng } from '../../src/math/rng';
import { deflated, slowCrc32, stored } from '../../src/viz/deflated';

const uniform = rng(1);
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => 256 * uniform());

test('stored(bytes) is what zlib reads back, over the ends of its blocks too', () => {
  for (const length of [0, 1, 65535, 65536, 200000]) {
    const bytes = bytesOf(length);
    assert.deepEqual(Uint8Array.from(inflateSync(stored(bytes))), bytes, `${length}`);
  }
});

test('slowCrc32(bytes) is the checksum of its check value, and that of zlib', () => {
  assert.equal(slowCrc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  for (const length of [0, 1, 1000]) {
    const bytes = bytesOf(length);
    assert.equal(slowCrc32(bytes), crc32(bytes));
  }
});

test('deflated(bytes) compresses where Node is', () => {
  const zeros = new Uint8Array(10000);
  assert.ok(deflated(zeros).length < 100);
  assert.deepEqual(Uint8Array.from(inflateSync(deflated(zeros))), zeros);
});
