import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { python, root } from '../../kernel-ext/support/environment';
import { type Cell, cellsOf } from './notebooks';

/** Kernels that are not ours, as Jupyter names them. */
export type OtherKernel = 'deno' | 'tslab';

const version = '2.9.8';
const own = join(root, '.cache', `deno-${version}`);

/** A Deno: EXAN_DENO names one, or it is on PATH; else its package for Python, put aside once. Where none can be had, the reason. */
export function deno(): { path: string } | { missing: string } {
  const name = process.platform === 'win32' ? 'deno.exe' : 'deno';
  const places = [
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
    join(own, 'bin', name),
  ];
  const found = [process.env.EXAN_DENO ?? '', ...places].find((path) => path !== '' && existsSync(path));
  if (found) return { path: found };
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--only-binary=:all:', '--target', own];
  const { stderr } = spawnSync(python(), ['-m', 'pip', 'install', ...options, `deno==${version}`], {
    encoding: 'utf8',
  });
  const fresh = join(own, 'bin', name);
  return existsSync(fresh)
    ? { path: fresh }
    : { missing: `no Deno (EXAN_DENO names one): ${stderr.trim().slice(-300)}` };
}

function argumentsOf(kernel: OtherKernel, denoPath: string): string[] {
  if (kernel === 'deno') return [denoPath, 'jupyter', '--kernel', '--conn', '{connection_file}'];
  const tslab = join(root, 'node_modules', 'tslab', 'bin', 'tslab');
  return [process.execPath, tslab, 'kernel', '--config-path', '{connection_file}'];
}

/** Executes a notebook at the scale of the tests, in its own folder, and returns its cells. */
export function executedIn(kernel: OtherKernel, name: string, denoPath = ''): { cells: readonly Cell[] } {
  const prefix = mkdtempSync(join(tmpdir(), `exan-${kernel}-`));
  const folder = join(prefix, 'kernels', kernel);
  mkdirSync(folder, { recursive: true });
  const spec = { argv: argumentsOf(kernel, denoPath), display_name: kernel, language: 'typescript' };
  writeFileSync(join(folder, 'kernel.json'), JSON.stringify(spec));
  const out = resolve('out', 'test', kernel, `${name}.ipynb`);
  const script = join('test', 'notebooks', 'python', 'run_notebook.py');
  const { status, stderr } = spawnSync(python(), [script, kernel, join('notebooks', `${name}.ipynb`), out], {
    encoding: 'utf8',
    timeout: 300_000,
    env: {
      ...{ ...process.env, JUPYTER_PATH: prefix, EXAN_SCALE: 'ci' },
      ...{ DENO_DIR: join(prefix, 'deno'), DENO_NO_UPDATE_CHECK: '1' },
    },
  });
  if (status !== 0) throw new Error(`${name} in ${kernel}: ${stderr}`);
  return { cells: cellsOf(out) };
}
