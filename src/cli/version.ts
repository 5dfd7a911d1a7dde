import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of this copy of the package: that of the nearest package.json above. */
export function version(folder: string = __dirname): string {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : version(dirname(folder));
}
