// The JupyterLite folder: JupyterLab in the browser with its JavaScript kernel, one notebook, and the library as a script.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundled, digitBytes } from './bundle.mjs';
import { write } from './write.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Builds lite/ into a folder with the Python that PYTHON names, or python3; it is to be served, a folder will not do. */
export async function writeLite(out) {
  const contents = mkdtempSync(join(tmpdir(), 'exan-lite-'));
  try {
    const digits = JSON.stringify(Buffer.from(digitBytes(20)).toString('base64'));
    write(contents, 'exan.js', await bundled('lite/exan.ts', { globalName: 'exan', define: { DIGITS: digits } }));
    write(contents, 'gradient.ipynb', readFileSync(join(here, 'lite', 'gradient.ipynb')));
    const options = [
      '--contents',
      contents,
      '--output-dir',
      join(resolve(out), 'lite'),
      '--apps',
      'notebooks',
      '--apps',
      'lab',
    ];
    const python = process.env.PYTHON ?? 'python3';
    const made = spawnSync(python, ['-m', 'jupyterlite_core.app', 'build', ...options, '--no-sourcemaps'], {
      cwd: contents,
      encoding: 'utf8',
    });
    if (made.status !== 0)
      throw new Error(
        `site: JupyterLite was not built by ${python}; pip install -r site/lite/requirements.txt into an environment, and name its Python by PYTHON\n${made.stderr ?? made.error}`,
      );
  } finally {
    rmSync(contents, { recursive: true, force: true });
  }
}
