import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { InputError } from '../check';

/** locks that this process holds: a process number alone may be that of a dead process which had it before */
const held = new Set<string>();

/**
 * Keeps a second run out of a folder, until the returned function is called or this process ends. The lock of a run that was
 * killed is taken over; one of another machine cannot be told dead.
 *
 * @param path the lock's own file, with the holder in it
 * @throws InputError naming folder and holder while another run has it, or when the file cannot be written
 */
export function runLock(caller: string, path: string): () => void {
  const release = (): void => {
    process.off('exit', release);
    if (held.delete(path)) remove(path);
  };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (taken(caller, path)) {
      held.add(path);
      process.on('exit', release);
      return release;
    }
    const text = contentOf(path);
    const holder = living(text, path);
    if (holder !== undefined)
      throw new InputError(
        `${caller}: ${dirname(path)} is in use by ${holder}; wait until that ends, choose another folder, or remove ${path} if nothing runs`,
      );
    takeAway(path, text);
  }
  throw new InputError(`${caller}: ${path} comes and goes; other runs want ${dirname(path)}, choose another folder`);
}

/** True when the lock is now ours, false when there is one. */
function taken(caller: string, path: string): boolean {
  try {
    writeFileSync(path, `${process.pid} ${hostname()}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // made, but on a full disk: an empty lock would keep everybody out
    remove(path);
    throw new InputError(
      `${caller}: ${path} cannot be written (${(error as Error).message}); free some space, or choose another folder`,
    );
  }
}

/** Who holds the lock, or undefined when it is gone or its process is dead. */
function living(text: string | undefined, path: string): string | undefined {
  if (text === undefined) return undefined;
  const [, number, host] = /^(\d{1,10}) (\S{1,255})\n$/.exec(text) ?? [];
  if (host === undefined) return 'a process that has not said its number';
  const pid = Number(number);
  if (host !== hostname()) return `process ${pid} on ${host}`;
  if (pid === process.pid) return held.has(path) ? `this process (${pid})` : undefined;
  return isAlive(pid) ? `process ${pid}` : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // of another user, alive
  }
}

/** Moved aside first: if another run has taken it over meanwhile, its lock is put back. */
function takeAway(path: string, stale: string | undefined): void {
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    renameSync(path, aside);
  } catch {
    return; // gone already
  }
  if (contentOf(aside) === stale) remove(aside);
  else renameSync(aside, path);
}

/** A lock that cannot be removed is taken over once this process is dead. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // nothing more can be done about it
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
