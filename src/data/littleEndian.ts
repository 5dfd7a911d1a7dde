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
  const items = native(bytes, itemSize[kind]);
  if (kind === 'i8') integersInto(caller, items, result, start);
  else if (kind === 'f2') halvesInto(items, result, start);
  else result.set(kind === 'b2' ? upperHalves(items) : plain[kind](items), start);
}

/** The same numbers as bytes; floats are rounded to the format, integers are taken as they are. */
export function encode(kind: Exclude<NumberKind, 'f2' | 'b2'>, values: ArrayLike<number>): Uint8Array {
  const size = itemSize[kind];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < values.length; k++) setters[kind](view, k * size, values[k] as number);
  return bytes;
}

interface Items {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  /** number of them */
  readonly count: number;
}

/** Whole items where typed arrays can start, in the order of this machine; copied only where they are not so already. */
function native(bytes: Uint8Array, size: number): Items {
  const count = Math.floor(bytes.length / size);
  const swap = size > 1 && endianness() === 'BE';
  const { buffer, byteOffset } = bytes;
  if (byteOffset % size === 0 && !swap) return { buffer, byteOffset, count };
  const copy = Buffer.from(new ArrayBuffer(count * size));
  copy.set(bytes.subarray(0, copy.length));
  if (swap) [() => copy.swap16(), () => copy.swap32(), () => copy.swap64()][Math.log2(size) - 1]?.();
  return { buffer: copy.buffer, byteOffset: 0, count };
}

const plain = {
  u1: ({ buffer, byteOffset, count }: Items) => new Uint8Array(buffer, byteOffset, count),
  i4: ({ buffer, byteOffset, count }: Items) => new Int32Array(buffer, byteOffset, count),
  f4: ({ buffer, byteOffset, count }: Items) => new Float32Array(buffer, byteOffset, count),
  f8: ({ buffer, byteOffset, count }: Items) => new Float64Array(buffer, byteOffset, count),
};

function integersInto(caller: string, { buffer, byteOffset, count }: Items, result: Float64Array, start: number): void {
  const numbers = new BigInt64Array(buffer, byteOffset, count);
  for (let k = 0; k < count; k++) {
    const v = Number(numbers[k]);
    check(Number.isSafeInteger(v), () => `${caller}: entry ${start + k} is ${v}, expected an integer within ±2^53`);
    result[start + k] = v;
  }
}

/** bfloat16: the upper halves of float32. */
function upperHalves({ buffer, byteOffset, count }: Items): Float32Array {
  const halves = new Uint16Array(buffer, byteOffset, count);
  const bits = new Uint32Array(count);
  for (let k = 0; k < count; k++) bits[k] = (halves[k] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** The number of each of the 65,536 halves, made when it is needed. */
let halfTable: Float64Array | undefined;

function halvesInto({ buffer, byteOffset, count }: Items, result: Float64Array, start: number): void {
  halfTable ??= Float64Array.from({ length: 2 ** 16 }, (_, bits) => halfAt(bits));
  const halves = new Uint16Array(buffer, byteOffset, count);
  for (let k = 0; k < count; k++) result[start + k] = halfTable[halves[k] as number] as number;
}

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
