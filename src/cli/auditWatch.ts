import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { check, InputError, shown } from '../check';
import { isWholeFile } from '../data/safetensors';
import { quoted } from '../report/provenance';
import type { Watch } from '../types';
import { type Audited, auditOnce, type OnceValues } from './auditOnce';

/** What is watched, and for how long (a type, since commander asks for one). */
export type WatchValues = OnceValues & {
  /** a folder that updates arrive in */
  readonly watch: string;
  /** @default 'gradient' */
  readonly watched?: 'gradient' | 'after' | 'update' | undefined;
  /** ends after this many */
  readonly updates?: number | undefined;
};

/** What becomes of an update that arrived. */
export interface Arrivals {
  readonly audited: (name: string, audited: Audited) => void;
  readonly refused: (message: string) => void;
}

/** Milliseconds between two looks. A file counts as arrived when two looks in a row find the same whole file. */
const between = 500;
/** Looks after which a file that does not grow is refused as it is. */
const patience = 20;
/** Files of one folder. */
const most = 10_000;

/** A file as it was last looked at. */
interface Seen {
  readonly stamp: string;
  /** looks since it changed */
  readonly looks: number;
  readonly done: boolean;
}

/**
 * Audits each update that arrives in a folder, once: those that are there first, then new ones and those that are replaced, one after the
 * other, until the signal or the number asked for. A file that is still being written is left until it is whole.
 */
export async function auditWatch(values: WatchValues, watch: Watch, arrivals: Arrivals): Promise<void> {
  const { updates = Number.POSITIVE_INFINITY } = values;
  check(
    existsSync(values.watch) && statSync(values.watch).isDirectory(),
    () => `exan audit: --watch ${values.watch} is no folder`,
  );
  let seen = new Map<string, Seen>();
  for (let left = updates; left > 0 && !watch.signal?.aborted; ) {
    const names = updatesIn(values);
    const now = new Map<string, Seen>();
    const ready: string[] = [];
    for (const name of names) {
      const state = lookAt(join(values.watch, name), seen.get(name));
      if (!state) continue; // gone meanwhile
      now.set(name, state.seen);
      if (state.ready) ready.push(name);
    }
    seen = now;
    for (const name of ready) {
      if (left === 0 || watch.signal?.aborted) break;
      left--;
      await audited(values, name, watch, arrivals);
      const last = seen.get(name);
      if (last) seen.set(name, { ...last, done: true });
    }
    if (left > 0) await pause(between, undefined, watch.signal ? { signal: watch.signal } : {}).catch(() => undefined);
  }
}

function updatesIn({ watch, model, architecture }: WatchValues): string[] {
  const own = [model, architecture].map((path) => (path === undefined ? '' : basename(path)));
  const names = readdirSync(watch, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[^.].*\.safetensors$/.test(entry.name) && !own.includes(entry.name))
    .map(({ name }) => name);
  check(
    names.length <= most,
    () => `exan audit: ${watch} holds ${names.length} updates, expected at most ${most}; move old ones away`,
  );
  return names.sort();
}

/** Whether a file is to be audited now; null where it is gone. */
function lookAt(path: string, last: Seen | undefined): { readonly seen: Seen; readonly ready: boolean } | null {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    const stamp = `${size} ${mtimeMs} ${ino}`;
    if (last?.stamp !== stamp) return { seen: { stamp, looks: 0, done: false }, ready: false };
    const seen = { ...last, looks: last.looks + 1 };
    return { seen, ready: !last.done && (isWholeFile(path) || seen.looks >= patience) };
  } catch {
    return null;
  }
}

async function audited(values: WatchValues, name: string, watch: Watch, arrivals: Arrivals): Promise<void> {
  const { watch: folder, watched = 'gradient', out, ...rest } = values;
  const path = join(folder, name);
  const own = out === undefined ? undefined : join(out, basename(name, '.safetensors'));
  const command = quoted(['exan', ...single(process.argv.slice(2)), `--${watched}`, path]);
  try {
    const result = await auditOnce({ ...rest, [watched]: path, out: own }, watch, command);
    arrivals.audited(name, result);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    arrivals.refused(`${shown(name)}: ${error.message}`);
  }
}

/** The words of a command without those that make it watch. */
function single(words: readonly string[]): string[] {
  const watching = /^--(watch|watched|updates)(=|$)/;
  return words.filter((w, k) => !watching.test(w) && !/^--(watch|watched|updates)$/.test(words[k - 1] ?? ''));
}
