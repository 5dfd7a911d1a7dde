import { constants, crc32, inflateRawSync } from 'node:zlib';
import { check, InputError, shown } from '../check';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const LARGEST = 2 ** 31;
/** packed bytes that are unpacked to see how an entry starts: deflate makes at most 1032 of one */
const START = 4096;

/** An entry of a zip archive. */
export interface ZipEntry {
  /** bytes that the directory promises */
  readonly size: number;
  /** how it starts: some kilobytes, unchecked, so that what it says of itself can be judged before all of it is unpacked */
  readonly start: () => Buffer;
  /** all of it, checked */
  readonly bytes: () => Buffer;
}

/**
 * The entries of a zip archive (stored or deflated), each unpacked when it is asked for.
 *
 * Sizes come from the central directory: numpy leaves 2^32-1 in the local headers. Not a library: fflate 0.8.3 reads no
 * checksum and caps no size (a changed byte passes, 4 GiB claimed are reserved), and takes 2.5 times as long as node:zlib.
 *
 * @param source names the archive in messages
 * @throws InputError when the archive is truncated, damaged, encrypted, compressed otherwise, zip64, or unpacks to over 2 GiB
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function unzip(source: string, zip: Buffer): Map<string, ZipEntry> {
  const need = (at: number, length: number): void =>
    check(at >= 0 && at + length <= zip.length, () => `${source}: not a whole zip archive (truncated?)`);
  const signed = (at: number, signature: number, length: number): void => {
    need(at, length);
    check(zip.readUInt32LE(at) === signature, () => `${source}: not a zip archive, or damaged at byte ${at}`);
  };
  const end = zip.lastIndexOf(Uint8Array.of(0x50, 0x4b, 5, 6));
  signed(end, END, 22);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  check(count < 0xffff && at < 0xffffffff, () => `${source}: is a zip64 archive, expected a plain one`);

  const entries = new Map<string, ZipEntry>();
  for (let k = 0; k < count; k++) {
    signed(at, CENTRAL, 46);
    const header = at;
    const nameLength = zip.readUInt16LE(at + 28);
    need(at + 46, nameLength);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    check(!entries.has(name), () => `${source}: entry ${shown(name)} comes twice`);
    entries.set(name, entryOf(`${source}: entry ${shown(name)}`, header));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;

  function entryOf(entry: string, header: number): ZipEntry {
    const size = zip.readUInt32LE(header + 24);
    return {
      size,
      start: () => expand(entry, zip.readUInt16LE(header + 10), packed(entry, header).subarray(0, START)),
      bytes: () => {
        const bytes = expand(entry, zip.readUInt16LE(header + 10), packed(entry, header), size);
        check(
          bytes.length === size && crc32(bytes) === zip.readUInt32LE(header + 16),
          () => `${entry} is damaged (size or checksum differs)`,
        );
        return bytes;
      },
    };
  }

  function packed(entry: string, header: number): Buffer {
    const size = zip.readUInt32LE(header + 24);
    const local = zip.readUInt32LE(header + 42);
    check((zip.readUInt16LE(header + 8) & 1) === 0, () => `${entry} is encrypted`);
    check(size <= LARGEST, () => `${entry} has ${size} bytes, expected at most ${LARGEST}`);
    signed(local, LOCAL, 30);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const length = zip.readUInt32LE(header + 20);
    need(start, length);
    return zip.subarray(start, start + length);
  }
}

/** Without a size the bytes are the start of an entry, which may end anywhere. */
function expand(entry: string, method: number, bytes: Buffer, size?: number): Buffer {
  if (method === 0) return bytes;
  check(method === 8, () => `${entry} uses compression ${method}, expected stored or deflate`);
  const limit = size === undefined ? { finishFlush: constants.Z_SYNC_FLUSH } : { maxOutputLength: Math.max(size, 1) };
  try {
    return inflateRawSync(bytes, limit);
  } catch (error) {
    throw new InputError(`${entry} is damaged (${(error as Error).message})`);
  }
}
