import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { check, InputError } from '../check';
import { withFile } from './byteSource';

/** Bytes of a file one after the other, unpacked where it is a gzip; never the whole file at once. */
export interface ByteStream {
  /** most bytes that may come: what gzip can make of the file's own */
  readonly most: number;
  /** exactly so many; `what` says in a message what they are */
  readonly take: (count: number, what: string) => Promise<Buffer>;
  /** some bytes, at least one and `count` at the most, or null at the end */
  readonly some: (count?: number) => Promise<Buffer | null>;
}

/** Deflate makes at most so many bytes of one. */
const LARGEST_RATIO = 1032;

/**
 * Opens a file, or what is packed in it by gzip, hands it over as a stream, and closes it.
 *
 * @param caller opens the messages
 * @throws InputError when it cannot be read or unpacked, or ends within what was asked for
 */
export async function withStream<T>(caller: string, path: string, use: (stream: ByteStream) => Promise<T>): Promise<T> {
  const packed = withFile(caller, path, ({ read }) => Buffer.from(read(0, 2)).equals(Buffer.of(0x1f, 0x8b)));
  const { size } = statSync(path);
  const file = createReadStream(path);
  const unpacked = packed ? pipeline(file, createGunzip(), () => undefined) : file;
  const wrong = (error: Error): never => {
    throw new InputError(`${caller}: ${path} ${packed ? 'is a damaged gzip' : 'cannot be read'} (${error.message})`);
  };
  try {
    return await use(streamOf(`${caller}: ${path}`, unpacked, packed ? size * LARGEST_RATIO : size, wrong));
  } finally {
    unpacked.destroy();
    file.destroy();
  }
}

function streamOf(
  source: string,
  stream: ReadStream | Gunzip,
  most: number,
  wrong: (error: Error) => never,
): ByteStream {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let left: Buffer = Buffer.alloc(0);
  const some = async (count = Number.POSITIVE_INFINITY): Promise<Buffer | null> => {
    while (left.length === 0) {
      const { done, value } = await chunks.next().catch(wrong);
      if (done) return null;
      left = value;
    }
    const got = left.subarray(0, count);
    left = left.subarray(got.length);
    return got;
  };
  const take = async (count: number, what: string): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let got = 0;
    while (got < count) {
      const part = await some(count - got);
      check(part !== null, () => `${source} ends after ${got} of ${count} bytes of ${what} (truncated?)`);
      parts.push(part);
      got += part.length;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  };
  return { most, take, some };
}
