import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { InputError } from '../check';
import { print } from './options';

/** What kernel-ext offers; it lives beside the library and is built apart from it. */
interface Installer {
  readonly install: (where: object) => string[];
  readonly uninstall: (where: object) => string[];
}

/** `exan install`: the kernel and the lab extension. */
export const install: CommandUnknownOpts = command(
  'install',
  'put the Jupyter kernel "ExAN (TypeScript)" and the lab extension exan-lab where Jupyter looks',
);

/** `exan uninstall`: takes both away again. */
export const uninstall: CommandUnknownOpts = command('uninstall', 'take kernel and lab extension away again');

function command(kind: 'install' | 'uninstall', description: string): CommandUnknownOpts {
  return new Command(kind)
    .description(description)
    .addOption(new Option('--user', 'for this user, which is the default').conflicts(['sysPrefix', 'prefix']))
    .addOption(new Option('--sys-prefix', 'in the active Python environment').conflicts('prefix'))
    .option('--prefix <folder>', 'below this folder')
    .action(({ sysPrefix, prefix }) => {
      const where = prefix === undefined ? (sysPrefix ? { sysPrefix } : { user: true }) : { prefix };
      for (const folder of installer(kind)[kind](where)) print(`${kind}ed ${folder}\n`);
    });
}

function installer(kind: string): Installer {
  const path = join(__dirname, '..', '..', 'kernel-ext', 'dist', 'install.js');
  if (!existsSync(path)) throw new InputError(`exan ${kind}: kernel-ext is not built; run npm start once`);
  return require(path) as Installer;
}
