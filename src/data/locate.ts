import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../check';
import type { About } from './about';

/** The first of these files that is in a data folder. */
export function located(files: readonly string[]): string | undefined {
  return dataFolders()
    .flatMap((base) => files.map((file) => join(base, file)))
    .find((path) => existsSync(path));
}

/**
 * Where a set is in the data folder.
 *
 * @throws InputError when it is not, saying where it is had and in which form
 */
export function locate(name: string, { form, home, files, places }: About): string {
  const found = located(places);
  if (found !== undefined) return found;
  const get = files.length > 0 ? `exan data get ${name}, or ` : '';
  throw new InputError(
    `${name}: ${places[0]} is in none of ${dataFolders().join(', ')}; ${get}set EXAN_DATA to a folder with ${places[0]} (${form}; from ${home})`,
  );
}

/**
 * EXAN_DATA alone when it is set; else ./data and ../shared/data, seen from here and from this package.
 *
 * @example
 * process.env.EXAN_DATA = '/srv/data';
 * data.dataFolders();  // => ['/srv/data']
 */
export function dataFolders(): string[] {
  const chosen = process.env.EXAN_DATA;
  if (chosen) return [resolve(chosen)];
  const bases = new Set([process.cwd(), packageRoot(__dirname)]);
  return [...bases].flatMap((base) => [join(base, 'data'), resolve(base, '..', 'shared', 'data')]);
}

function packageRoot(folder: string): string {
  const above = dirname(folder);
  return existsSync(join(folder, 'package.json')) || above === folder ? folder : packageRoot(above);
}
