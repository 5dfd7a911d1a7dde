// node kernel-ext/bench/bench.mjs PYTHON: measures the exan kernel beside plain tslab, in turns on the same machine, and
// prints a table. PYTHON needs jupyter_client. Not part of the tests: times say something about a machine too.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const { install } = createRequire(import.meta.url)('../dist/install.js');
const [python = join(root, '.venv', 'bin', 'python'), ...options] = process.argv.slice(2);

const prefix = mkdtempSync(join(tmpdir(), 'exan-bench-'));
try {
  install({ prefix });
  const folder = join(prefix, 'share', 'jupyter', 'kernels', 'tslab');
  mkdirSync(folder, { recursive: true });
  const tslab = join(root, 'node_modules', 'tslab', 'bin', 'tslab');
  const spec = {
    argv: [process.execPath, tslab, 'kernel', '--config-path', '{connection_file}'],
    display_name: 'tslab',
    language: 'typescript',
  };
  writeFileSync(join(folder, 'kernel.json'), JSON.stringify(spec));
  // In the project's folder, so that plain tslab finds the same packages.
  const { status } = spawnSync(python, [join(here, 'bench.py'), ...options], {
    cwd: root,
    env: { ...process.env, JUPYTER_PATH: join(prefix, 'share', 'jupyter') },
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(prefix, { recursive: true, force: true });
}
