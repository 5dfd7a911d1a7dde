import { crc32, inflateSync } from 'node:zlib';
import { check, InputError, shown } from '../check';
import type { ImageShape } from '../types';

/** A picture as bytes, channels last: grey or red, green, blue. */
export interface Picture extends ImageShape {
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Most pixels of a picture: 8192 x 8192. */
export const MOST_PIXELS: number = 2 ** 26;

const SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Samples a pixel by colour type: grey, colour, palette, grey and colour with transparency. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * The picture in a PNG file, of 16 bits a sample the upper 8; transparency is left out.
 *
 * @param source opens the messages
 * @throws InputError when it is damaged, interlaced or larger than 2^26 pixels, which its header says before anything is unpacked
 * @see https://www.w3.org/TR/png-3/
 */
export function decodePng(source: string, file: Buffer): Picture {
  check(file.subarray(0, 8).equals(SIGNATURE), () => `${source} is not a PNG file`);
  const chunks = chunksOf(source, file);
  const [first] = chunks;
  check(first?.type === 'IHDR' && first.data.length === 13, () => `${source} does not start with its header`);
  const [width, height] = [first.data.readUInt32BE(0), first.data.readUInt32BE(4)];
  const [depth = 0, type = 0, , , interlaced] = first.data.subarray(8);
  const each = samples[type];
  const depths = type === 0 || type === 3 ? [1, 2, 4, 8, 16] : [8, 16];
  check(
    each !== undefined && depths.includes(depth) && interlaced === 0,
    () =>
      `${source} has colour type ${type}, ${depth} bits and interlacing ${interlaced}, expected a PNG of 8 or 16 bits, not interlaced; save it again`,
  );
  check(
    width >= 1 && height >= 1 && width * height <= MOST_PIXELS,
    () => `${source} says that it has ${width} x ${height} pixels, expected 1 to 2^26 in all`,
  );
  const line = Math.ceil((width * each * depth) / 8);
  const packed = Buffer.concat(chunks.filter((chunk) => chunk.type === 'IDAT').map(({ data }) => data));
  const bytes = unfiltered(source, inflate(source, packed, height * (line + 1)), line, Math.max(1, (each * depth) / 8));
  const value = (y: number, k: number): number =>
    depth >= 8 ? (bytes[y * line + (k * depth) / 8] as number) : bitsAt(bytes, y * line, k, depth);
  const palette = chunks.find((chunk) => chunk.type === 'PLTE')?.data ?? Buffer.alloc(0);
  const channels = type === 0 || type === 4 ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  const grey = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  let at = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        data[at++] = type === 3 ? (palette[3 * value(y, x) + c] ?? 0) : grey * value(y, x * each + c);
  return { width, height, channels, data };
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function chunksOf(source: string, file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    check(
      at + 12 + length <= file.length,
      () => `${source}: chunk ${shown(type)} is longer than the file (truncated?)`,
    );
    const sum = file.readUInt32BE(at + 8 + length);
    check(
      crc32(file.subarray(at + 4, at + 8 + length)) === sum,
      () => `${source}: chunk ${shown(type)} is damaged (its checksum differs)`,
    );
    if (type === 'IEND') return chunks;
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  throw new InputError(`${source} has no end (truncated?)`);
}

function inflate(source: string, packed: Buffer, size: number): Buffer {
  let bytes: Buffer;
  try {
    bytes = inflateSync(packed, { maxOutputLength: size });
  } catch (error) {
    throw new InputError(`${source} is damaged (${(error as Error).message})`);
  }
  check(bytes.length === size, () => `${source} has ${bytes.length} bytes of pixels, expected ${size}`);
  return bytes;
}

/** Lines without their filters: each byte was stored as the difference to what those to the left and above foretell. */
function unfiltered(source: string, bytes: Buffer, line: number, step: number): Uint8Array {
  const height = bytes.length / (line + 1);
  const result = new Uint8Array(height * line);
  for (let y = 0; y < height; y++) {
    const filter = bytes[y * (line + 1)] as number;
    check(filter <= 4, () => `${source} has filter ${filter} in line ${y}, expected 0 to 4`);
    for (let k = 0; k < line; k++) {
      const to = y * line + k;
      const a = k < step ? 0 : (result[to - step] as number);
      const b = y === 0 ? 0 : (result[to - line] as number);
      const c = k < step || y === 0 ? 0 : (result[to - line - step] as number);
      const foretold = [0, a, b, (a + b) >> 1, filter === 4 ? paeth(a, b, c) : 0][filter] as number;
      result[to] = (bytes[y * (line + 1) + 1 + k] as number) + foretold;
    }
  }
  return result;
}

/** The neighbour that is nearest to left + above - corner. */
function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

function bitsAt(bytes: Uint8Array, line: number, k: number, depth: number): number {
  const bit = k * depth;
  return ((bytes[line + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}
