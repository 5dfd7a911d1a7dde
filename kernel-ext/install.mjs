// node kernel-ext/install.mjs [--user | --sys-prefix | --prefix P]              installs the kernel and the lab extension
// node kernel-ext/install.mjs --uninstall [--user | --sys-prefix | --prefix P]  takes them away
import { createRequire } from 'node:module';

const { install, uninstall, parseWhere, InstallError } = createRequire(import.meta.url)('./dist/install.js');
const options = process.argv.slice(2);
const remove = options[0] === '--uninstall';
try {
  const where = parseWhere(remove ? options.slice(1) : options);
  const folders = remove ? uninstall(where) : install(where);
  for (const folder of folders) process.stderr.write(`${remove ? 'removed' : 'installed'} ${folder}\n`);
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
