import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The project's folder, seen from build/test/kernel-ext/support. */
export const root: string = resolve(__dirname, '..', '..', '..', '..');

const venv = process.env.EXAN_VENV ?? join(root, '.venv');
const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');

/** The Python of the project's environment; EXAN_VENV names another one. */
export function python(): string {
  const found = join(bin, process.platform === 'win32' ? 'python.exe' : 'python');
  if (!existsSync(found))
    throw new Error(`no Python environment at ${venv}: npm start makes it, EXAN_VENV names another`);
  return found;
}

/** The built installer, since what it installs is what is built. */
export function installer(): typeof import('../../../kernel-ext/install') {
  const built = join(root, 'kernel-ext', 'dist', 'install.js');
  if (!existsSync(built)) throw new Error(`${built} is missing: node kernel-ext/build.mjs`);
  return require(built);
}

/** Installs kernel and extension below a folder of its own, and returns the environment in which Jupyter finds only those. */
export function installed(): { env: NodeJS.ProcessEnv; remove: () => void } {
  const prefix = mkdtempSync(join(tmpdir(), 'exan-jupyter-'));
  installer().install({ prefix });
  // JupyterLab's question about news would cover the pictures.
  const settings = { '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false } };
  mkdirSync(join(prefix, 'config', 'labconfig'), { recursive: true });
  writeFileSync(join(prefix, 'config', 'labconfig', 'default_setting_overrides.json'), JSON.stringify(settings));
  return {
    env: {
      ...process.env,
      JUPYTER_PATH: join(prefix, 'share', 'jupyter'),
      JUPYTER_CONFIG_DIR: join(prefix, 'config'),
      JUPYTER_RUNTIME_DIR: join(prefix, 'runtime'),
      IPYTHONDIR: join(prefix, 'ipython'),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    remove: () => rmSync(prefix, { recursive: true, force: true }),
  };
}
