import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
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
 * @throws InputError when the folder is missing, the disk is full or the target cannot be replaced
 */
export function writeAtomically(path: string, bytes: string | Uint8Array): void {
  const draft = draftOf(path);
  try {
    writeFileSync(draft, bytes, { flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    remove(draft);
    throw new InputError(
      `writing ${path} failed (${(error as Error).message}); free some space there, or choose another folder`,
    );
  }
}

/**
 * Makes a folder, with those above it, and tries whether it takes a file: called before a long computation, so that its result
 * is not lost.
 *
 * One folder at a time: node's own recursive mkdir never ends below /proc, where a parent can be neither found nor made.
 *
 * @throws InputError when it cannot be made or written to
 */
export function makeFolder(caller: string, path: string): void {
  check(typeof path === 'string' && path !== '', () => `${caller}: folder is ${path}, expected the name of a folder`);
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  const draft = draftOf(resolve(path, 'try'));
  try {
    for (const folder of missing) makeOne(folder);
    if (!statSync(path).isDirectory()) throw new Error('it is a file');
    writeFileSync(draft, 'x', { flag: 'wx' });
    remove(draft);
  } catch (error) {
    remove(draft);
    const wrong = (error as Error).message;
    throw new InputError(`${caller}: folder ${path} cannot be written to (${wrong}); choose another one`);
  }
}

/** Another process may make the same folder meanwhile. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !existsSync(folder)) throw error;
  }
}

function draftOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Takes a draft away as far as there is one: below a file rmSync itself fails. */
function remove(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // the reason is being said already
  }
}
