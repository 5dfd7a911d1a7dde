import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where to install: for the user (default), into the active Python environment, or below a folder. */
export type Where = { user: true } | { sysPrefix: true } | { prefix: string };

/** Something the user can put right; printed without a stack. */
export class InstallError extends Error {}

const extension = resolve(__dirname, '..'); // this file runs from kernel-ext/dist
const main = join(__dirname, 'kernel', 'main.js');
const labExtension = join(extension, 'labextension', 'dist');
const logos = join(extension, 'kernelspec');

function userFolder(): string {
  const { JUPYTER_DATA_DIR, APPDATA, XDG_DATA_HOME } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(APPDATA ?? homedir(), 'jupyter');
  return join(XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'jupyter');
}

function activePrefix(): string {
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  if (VIRTUAL_ENV || CONDA_PREFIX) return (VIRTUAL_ENV ?? CONDA_PREFIX) as string;
  for (const python of ['python3', 'python']) {
    const asked = spawnSync(python, ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8' });
    if (asked.status === 0) return asked.stdout.trim();
  }
  throw new InstallError('exan install --sys-prefix: no Python found; name its folder with --prefix');
}

/** The folder in which Jupyter looks for kernels and lab extensions. */
export function jupyterFolder(where: Where): string {
  if ('prefix' in where) return join(resolve(where.prefix), 'share', 'jupyter');
  return 'sysPrefix' in where ? join(activePrefix(), 'share', 'jupyter') : userFolder();
}

/** What Jupyter reads to start the kernel, with this Node and this copy of the package. */
export function kernelSpec(): Record<string, unknown> {
  return {
    // Cutting off a cell inside a timer leaves Node's bookkeeping of async callbacks off by one; the flag lets that pass.
    argv: [process.execPath, '--no-force-async-hooks-checks', main, '{connection_file}'],
    display_name: 'ExAN (TypeScript)',
    language: 'typescript',
    // By message, to the kernel's own thread: a signal would wait for the loop that it should stop.
    interrupt_mode: 'message',
    metadata: { debugger: false },
  };
}

/** Writes the kernel's folder: kernel.json and logos. */
export function writeKernelSpec(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(kernelSpec(), null, 2)}\n`);
  cpSync(logos, folder, { recursive: true });
}

const targets = (where: Where): { kernel: string; lab: string } => {
  const folder = jupyterFolder(where);
  return { kernel: join(folder, 'kernels', 'exan'), lab: join(folder, 'labextensions', 'exan-lab') };
};

/** Installs kernel and lab extension; returns the folders written. */
export function install(where: Where = { user: true }): string[] {
  for (const needed of [main, labExtension])
    if (!existsSync(needed))
      throw new InstallError(`exan install: ${needed} is missing; run node kernel-ext/build.mjs`);
  const { kernel, lab } = targets(where);
  writeKernelSpec(kernel);
  rmSync(lab, { recursive: true, force: true });
  cpSync(labExtension, lab, { recursive: true });
  return [kernel, lab];
}

/** Takes both away again; returns the folders removed. */
export function uninstall(where: Where = { user: true }): string[] {
  const present = Object.values(targets(where)).filter((folder) => existsSync(folder));
  for (const folder of present) rmSync(folder, { recursive: true, force: true });
  return present;
}
