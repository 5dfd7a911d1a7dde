import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { check, InputError } from '../check';

/** Bytes that are read where they are needed, so that a large file is never in memory as a whole. */
export interface ByteSource {
  readonly size: number;
  /** bytes from `at` on, as many as there are up to `length`; the next call may reuse their memory */
  readonly read: (at: number, length: number) => Uint8Array;
}

/** Bytes of a chunk: large enough for the disk, small beside what is read. */
export const CHUNK: number = 2 ** 20;

/** Bytes in memory as a source. */
export function inMemory(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) };
}

/**
 * Opens a regular file, hands it over as a source, and closes it.
 *
 * @param caller opens the messages
 * @throws InputError when it is missing, a folder or a device, or cannot be read
 */
export function withFile<T>(caller: string, path: string, use: (source: ByteSource) => T): T {
  check(typeof path === 'string' && path !== '', () => `${caller}: path is ${path}, expected the name of a file`);
  const readable = <R>(action: () => R): R => {
    try {
      return action();
    } catch (error) {
      throw new InputError(`${caller}: ${path} cannot be read (${(error as Error).message})`);
    }
  };
  const file = readable(() => openSync(path, 'r'));
  try {
    const stat = readable(() => fstatSync(file));
    // a pipe or /dev/zero would never end
    check(stat.isFile(), () => `${caller}: ${path} is not a file`);
    let memory = new Uint8Array(0);
    return use({
      size: stat.size,
      read: (at, length) => {
        const wanted = Math.max(0, Math.min(length, stat.size - at));
        if (memory.length < wanted) memory = new Uint8Array(wanted);
        return memory.subarray(
          0,
          readable(() => fill(file, memory, wanted, at)),
        );
      },
    });
  } finally {
    closeSync(file);
  }
}

/** A read may give less than was asked for; only 0 is the end. */
function fill(file: number, memory: Uint8Array, wanted: number, at: number): number {
  let got = 0;
  while (got < wanted) {
    const read = readSync(file, memory, got, wanted - got, at + got);
    if (read === 0) break;
    got += read;
  }
  return got;
}
