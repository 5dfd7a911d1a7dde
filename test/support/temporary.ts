import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A folder that is removed after the file's tests; returns the path of a file in it. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'exan-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
