import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

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
  const hash = createHash('sha256');
  const piece = Buffer.alloc(1 << 20);
  const file = openSync(path, 'r');
  let bytes = 0;
  try {
    for (let read = -1; read !== 0; bytes += read) {
      read = readSync(file, piece);
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return { option, path, bytes, sha256: hash.digest('hex') };
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
