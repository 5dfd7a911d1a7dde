import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolders } from '../../src/data/locate';

/** A file of the data folder, and why a test that needs it is skipped where it is not there. */
export function dataFile(name: string): { path: string; skip: string | false } {
  const found = dataFolders()
    .map((base) => join(base, name))
    .find((path) => existsSync(path));
  return { path: found ?? name, skip: found === undefined ? `no ${name} in ${dataFolders().join(', ')}` : false };
}
