import { createHash } from 'node:crypto';
import { CHUNK, withFile } from '../data/byteSource';

/** Where a report comes from. */
export interface Provenance {
  /** as it was typed, quoted for a shell */
  readonly command: string;
  readonly version: string;
  /** ISO 8601, UTC */
  readonly created: string;
  readonly files: readonly AuditedFile[];
}

/** A file that was read. */
export interface AuditedFile {
  /** that named it */
  readonly option: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file with its size and hash, read piece by piece. */
export function auditedFile(option: string, path: string): AuditedFile {
  return withFile('exan audit', path, ({ size, read }) => {
    const hash = createHash('sha256');
    for (let at = 0; at < size; at += CHUNK) hash.update(read(at, CHUNK));
    return { option, path, bytes: size, sha256: hash.digest('hex') };
  });
}

/**
 * Words as a POSIX shell takes them back.
 *
 * @example
 * quoted(['exan', 'audit', '--model', "it's here.safetensors"]);  // => "exan audit --model 'it'\\''s here.safetensors'"
 */
export function quoted(words: readonly string[]): string {
  return words.map((w) => (/^[\w@%+=:,./-]+$/.test(w) ? w : `'${w.replaceAll("'", "'\\''")}'`)).join(' ');
}
