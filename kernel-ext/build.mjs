// Builds everything below kernel-ext: the kernel (tsc) and the lab extension (esbuild). The library itself must be built
// before, since the kernel reads the names it preloads from dist/index.d.ts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildLabExtension } from './labextension/build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
// Not node_modules/.bin/tsc, which is tslab's own compiler.
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

for (const project of [here, join(here, 'labextension')]) {
  const done = spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
const bytes = await buildLabExtension();
process.stderr.write(`kernel-ext: kernel and lab extension built (${(bytes / 1000).toFixed(1)} kB without plotly)\n`);
if (!existsSync(join(root, 'dist', 'index.d.ts')))
  process.stderr.write('kernel-ext: dist/index.d.ts is missing, so cells will not know the library: npm run build\n');
