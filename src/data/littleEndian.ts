import { endianness } from 'node:os';
import { check } from '../check';

/**
 * Number formats in files, named as numpy does: unsigned byte, signed integers of 4 and 8 bytes, floats of 2, 4 and 8; `b2` is
 * bfloat16, the upper half of a float of 4.
 */
export type NumberKind = 'u1' | 'i4' | 'i8' | 'f2' | 'b2' | 'f4' | 'f8';

/** Bytes per number. */
export const itemSize: Readonly<Record<NumberKind, number>> = { u1: 1, i4: 4, i8: 8, f2: 2, b2: 2, f4: 4, f8: 8 };

/**
 * Numbers stored little-endian, as float64, which holds them exactly.
 *
 * @throws InputError for an integer beyond 2^53, which float64 cannot hold; `caller` opens the message
 * @example
 * decode('read', 'i4', Uint8Array.of(1, 0, 0, 0));  // => [1]
 */
export function decode(caller: string, kind: NumberKind, bytes: Uint8Array): Float64Array {
  const result = new Float64Array(Math.floor(bytes.byteLength / itemSize[kind]));
  decodeInto(caller, kind, bytes, result, 0);
  return result;
}

/** The same into a part of a larger array, from `start` on: what is read in chunks. */
export function decodeInto(
  caller: string,
  kind: NumberKind,
  bytes: Uint8Array,
  result: Float64Array,
  start: number,
): void {
  const count = Math.floor(bytes.byteLength / itemSize[kind]);
  const numbers = decoders[kind](native(bytes, itemSize[kind]));
  if (kind !== 'i8') {
    result.set(numbers as ArrayLike<number>, start);
    return;
  }
  for (let k = 0; k < count; k++) {
    const v = Number(numbers[k]);
    check(Number.isSafeInteger(v), () => `${caller}: entry ${start + k} is ${v}, expected an integer within ±2^53`);
    result[start + k] = v;
  }
}

/** The same numbers as bytes; floats are rounded to the format, integers are taken as they are. */
export function encode(kind: Exclude<NumberKind, 'f2' | 'b2'>, values: ArrayLike<number>): Uint8Array {
  const size = itemSize[kind];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < values.length; k++) setters[kind](view, k * size, values[k] as number);
  return bytes;
}

/** Whole items in memory of their own, where typed arrays can start, in the order of this machine. */
function native(bytes: Uint8Array, size: number): ArrayBuffer {
  const copy = Buffer.from(new ArrayBuffer(bytes.length - (bytes.length % size)));
  copy.set(bytes.subarray(0, copy.length));
  if (endianness() === 'BE') {
    if (size === 2) copy.swap16();
    if (size === 4) copy.swap32();
    if (size === 8) copy.swap64();
  }
  return copy.buffer;
}

const decoders: Record<NumberKind, (buffer: ArrayBuffer) => ArrayLike<number | bigint>> = {
  u1: (buffer) => new Uint8Array(buffer),
  i4: (buffer) => new Int32Array(buffer),
  i8: (buffer) => new BigInt64Array(buffer),
  f2: (buffer) => Float32Array.from(new Uint16Array(buffer), halfAt),
  b2: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits * 2 ** 16).buffer),
  f4: (buffer) => new Float32Array(buffer),
  f8: (buffer) => new Float64Array(buffer),
};

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function halfAt(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const setters: Record<Exclude<NumberKind, 'f2' | 'b2'>, (view: DataView, at: number, value: number) => void> = {
  u1: (view, at, value) => view.setUint8(at, value),
  i4: (view, at, value) => view.setInt32(at, value, true),
  i8: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  f4: (view, at, value) => view.setFloat32(at, value, true),
  f8: (view, at, value) => view.setFloat64(at, value, true),
};
