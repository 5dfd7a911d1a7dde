import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { check, InputError } from '../check';

/**
 * The bytes of a regular file.
 *
 * @throws InputError when it is missing, a folder or a device, or cannot be read
 */
export function readBytes(caller: string, path: string): Buffer {
  check(typeof path === 'string' && path !== '', () => `${caller}: path is ${path}, expected the name of a file`);
  try {
    // a pipe or /dev/zero would never end
    if (statSync(path).isFile()) return readFileSync(path);
  } catch (error) {
    throw new InputError(`${caller}: ${path} cannot be read (${(error as Error).message})`);
  }
  throw new InputError(`${caller}: ${path} is not a file`);
}

/**
 * Writes a whole file or nothing: into a neighbour first, then renamed over the target.
 *
 * @throws InputError when the folder is missing or the target cannot be replaced
 */
export function writeAtomically(path: string, bytes: Uint8Array): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, bytes, { flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new InputError(`writing ${path} failed (${(error as Error).message})`);
  }
}
