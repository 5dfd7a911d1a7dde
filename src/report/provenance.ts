import { createHash } from 'node:crypto';
import { readBytes } from '../data/files';

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

/** A file with its size and hash. */
export function auditedFile(option: string, path: string): AuditedFile {
  const bytes = readBytes('exan audit', path);
  return { option, path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
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
