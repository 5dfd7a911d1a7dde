// Builds the lessons, static pages that need no server, and the gallery of figures, which takes minutes and the built library:
// node site/build.mjs [--out DIR] [--lessons] [--lite]   (default: out/site; --lessons leaves the gallery out;
// --lite adds a JupyterLite folder, which needs Python with site/lite/requirements.txt)
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { bundled, digitBytes } from './bundle.mjs';
import { writeLite } from './lite.mjs';
import { writePages } from './pages.mjs';
import { emptyFolder, write } from './write.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(here, '..', 'out', 'site') },
    lessons: { type: 'boolean', default: false },
    lite: { type: 'boolean', default: false },
  },
});
const out = values.out;

emptyFolder(out);
const digits = deflateSync(digitBytes(50), { level: 9 }).toString('base64');
const worker = await bundled('worker/worker.ts', { define: { DIGITS: JSON.stringify(digits) } });
write(out, 'library.js', `var EXAN_WORKER = ${JSON.stringify(worker)};\n`);
write(out, 'site.js', await bundled('lessons/main.ts'));
write(out, 'site.css', readFileSync(join(here, 'style.css')));
if (!values.lessons) {
  const cli = join(here, '..', 'dist', 'cli', 'main.js');
  const made = spawnSync(process.execPath, [cli, 'figure', 'all', '--out', join(out, 'figures'), '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (made.status !== 0) throw new Error('site: exan figure all failed; npm run build makes the command');
}
if (values.lite) await writeLite(out);
const written = writePages(out, { gallery: !values.lessons, lite: values.lite });
process.stderr.write(`site: ${written} pages in ${out}; open ${join(out, 'index.html')}\n`);
