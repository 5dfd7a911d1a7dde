import assert from 'node:assert/strict';
import test from 'node:test';
import { decode, encode } from '../../src/data/littleEndian';
import { toHalf } from '../../src/math/toHalf';

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
test('every finite half is its own nearest half, in order, and the ends are those of IEEE 754', () => {
  const bits = Uint16Array.from({ length: 0x7c00 }, (_, k) => k);
  const values = decode('t', 'f2', new Uint8Array(bits.buffer));
  values.forEach((v, k) => {
    assert.ok(k === 0 || v > (values[k - 1] as number), `${k}`);
    assert.equal(toHalf(v), v);
  });
  assert.deepEqual([values[0], values[1], values[0x3c00], values[0x7bff]], [0, 2 ** -24, 1, 65504]);
  assert.deepEqual(
    [...decode('t', 'f2', Uint8Array.of(0, 0x7c, 0, 0xfc, 1, 0x7c, 0, 0xc0))],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -2],
  );
});
test('a bfloat16 is a float32 whose lower half is zero', () => {
  const bytes = encode('f4', [1, -2.5, 3.140625, 2 ** 100, Number.POSITIVE_INFINITY]);
  const upper = bytes.filter((_, k) => k % 4 >= 2);
  assert.deepEqual(decode('t', 'b2', upper), decode('t', 'f4', bytes));
});
test('decode rejects nothing for bytes that start anywhere, and leaves out what is no whole number', () => {
  assert.deepEqual([...decode('t', 'i4', Uint8Array.of(9, 1, 0, 0, 0, 7).subarray(1))], [1]);
});
