import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../check';

/** What kernel-ext offers; it lives beside the library and is built apart from it. */
interface Installer {
  readonly parseWhere: (options: readonly string[]) => unknown;
  readonly install: (where: unknown) => string[];
  readonly uninstall: (where: unknown) => string[];
}

/**
 * `exan install` and `exan uninstall`: the kernel and the lab extension, for the user, an environment or below a prefix.
 *
 * @throws InputError for unknown options, or when kernel-ext is not built
 */
export function installCommand(kind: 'install' | 'uninstall', options: readonly string[]): { text: string } {
  const path = join(__dirname, '..', '..', 'kernel-ext', 'dist', 'install.js');
  if (!existsSync(path)) throw new InputError(`exan ${kind}: kernel-ext is not built; run npm start once`);
  const installer = require(path) as Installer;
  try {
    const folders = installer[kind](installer.parseWhere(options));
    return { text: `${folders.map((folder) => `${kind}ed ${folder}`).join('\n')}\n` };
  } catch (error) {
    if ((error as Error).constructor.name !== 'InstallError') throw error;
    throw new InputError((error as Error).message);
  }
}
