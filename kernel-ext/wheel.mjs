// node kernel-ext/wheel.mjs PYTHON [FOLDER]: builds the wheel with that Python's hatchling into FOLDER (default
// kernel-ext/dist) and prints its path. Then PYTHON -m pip install PATH.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const { writeKernelSpec } = createRequire(import.meta.url)('./dist/install.js');
const [python = 'python3', folder = join(here, 'dist')] = process.argv.slice(2);
const staged = join(here, 'build', 'wheel');

rmSync(staged, { recursive: true, force: true });
writeKernelSpec(join(staged, 'kernelspec'));
cpSync(join(here, 'labextension', 'dist'), join(staged, 'labextension'), { recursive: true });
const done = spawnSync(python, ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', resolve(folder)], {
  cwd: here,
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (done.error || done.status !== 0) {
  process.stderr.write(`wheel: ${python} -m hatchling failed; pip install hatchling\n`);
  process.exit(1);
}
const wheel = readdirSync(folder).find((name) => name.startsWith('exan_lab-') && name.endsWith('.whl'));
process.stdout.write(`${join(resolve(folder), wheel)}\n`);
