import { check } from '../check';

/** Number formats in files, named as numpy does: unsigned byte, signed integers of 4 and 8 bytes, floats of 4 and 8. */
export type NumberKind = 'u1' | 'i4' | 'i8' | 'f4' | 'f8';

/** Bytes per number. */
export const itemSize: Readonly<Record<NumberKind, number>> = { u1: 1, i4: 4, i8: 8, f4: 4, f8: 8 };

/**
 * Numbers stored little-endian, as float64.
 *
 * @throws InputError for an integer beyond 2^53, which float64 cannot hold; `caller` opens the message
 * @example
 * decode('read', 'i4', Uint8Array.of(1, 0, 0, 0));  // => [1]
 */
export function decode(caller: string, kind: NumberKind, bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = itemSize[kind];
  const result = new Float64Array(Math.floor(bytes.byteLength / size));
  const get = getters[kind];
  for (let k = 0; k < result.length; k++) result[k] = get(view, k * size);
  if (kind === 'i8') {
    const big = result.findIndex((v) => !Number.isSafeInteger(v));
    check(big < 0, () => `${caller}: entry ${big} is ${result[big]}, expected an integer within ±2^53`);
  }
  return result;
}

/** The same numbers as bytes; floats are rounded to the format, integers are taken as they are. */
export function encode(kind: NumberKind, values: ArrayLike<number>): Uint8Array {
  const size = itemSize[kind];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < values.length; k++) setters[kind](view, k * size, values[k] as number);
  return bytes;
}

const getters: Record<NumberKind, (view: DataView, at: number) => number> = {
  u1: (view, at) => view.getUint8(at),
  i4: (view, at) => view.getInt32(at, true),
  i8: (view, at) => Number(view.getBigInt64(at, true)),
  f4: (view, at) => view.getFloat32(at, true),
  f8: (view, at) => view.getFloat64(at, true),
};

const setters: Record<NumberKind, (view: DataView, at: number, value: number) => void> = {
  u1: (view, at, value) => view.setUint8(at, value),
  i4: (view, at, value) => view.setInt32(at, value, true),
  i8: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  f4: (view, at, value) => view.setFloat32(at, value, true),
  f8: (view, at, value) => view.setFloat64(at, value, true),
};
