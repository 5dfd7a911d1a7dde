import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of the package `exan` that this kernel belongs to: the nearest folder above whose package.json has that name.
 * Notebooks elsewhere on the disk find the library and its dependencies from here.
 */
export function packageHome(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'exan') return folder;
    if (dirname(folder) === folder) throw new Error(`exan kernel: no package.json named exan above ${from}`);
  }
}
