/** Node's own, or nothing in a browser; asked for by name, so that no bundler looks for it. */
const zlib = globalThis.process?.getBuiltinModule?.('node:zlib');

/** Bytes in the zlib format: compressed where Node is, in stored blocks elsewhere. */
export const deflated: (bytes: Uint8Array) => Uint8Array = zlib?.deflateSync ?? stored;

/** CRC-32, as PNG and zip take it. */
export const crc32: (bytes: Uint8Array) => number = zlib?.crc32 ?? slowCrc32;

/** Bytes of a stored block at most. */
const block = 0xffff;

/** The zlib format without compression (RFC 1950, 1951). */
export function stored(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / block));
  const out = new Uint8Array(2 + 5 * blocks + bytes.length + 4);
  const view = new DataView(out.buffer);
  out.set([0x78, 0x01]);
  let at = 2;
  for (let k = 0; k < blocks; k++) {
    const part = bytes.subarray(k * block, (k + 1) * block);
    out[at] = k === blocks - 1 ? 1 : 0;
    view.setUint16(at + 1, part.length, true);
    view.setUint16(at + 3, ~part.length & 0xffff, true);
    out.set(part, at + 5);
    at += 5 + part.length;
  }
  view.setUint32(at, adler32(bytes));
  return out;
}

/** The checksum of the zlib format. */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/** {@link crc32} bit by bit. */
export function slowCrc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
