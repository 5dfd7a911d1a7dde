import assert from 'node:assert/strict';
import test from 'node:test';
import { decode, encode } from '../../src/data/littleEndian';

test('decode reads numbers low byte first', () => {
  assert.deepEqual([...decode('t', 'u1', Uint8Array.of(0, 255))], [0, 255]);
  assert.deepEqual([...decode('t', 'i4', Uint8Array.of(254, 255, 255, 255, 0, 1, 0, 0))], [-2, 256]);
  assert.deepEqual([...decode('t', 'f8', Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f))], [1]);
});
test('encode undoes decode, and f4 rounds to float32', () => {
  const values = [0, -1.5, 3];
  for (const kind of ['f4', 'f8'] as const) assert.deepEqual([...decode('t', kind, encode(kind, values))], values);
  assert.deepEqual([...decode('t', 'i8', encode('i8', [-7, 2 ** 40]))], [-7, 2 ** 40]);
  assert.equal(decode('t', 'f4', encode('f4', [0.1]))[0], Math.fround(0.1));
});
test('decode rejects an integer that float64 cannot hold', () => {
  assert.throws(() => decode('t', 'i8', new Uint8Array(8).fill(127)), /t: entry 0 is .*2\^53/);
});
