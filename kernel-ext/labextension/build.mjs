// Bundles the lab extension: one small script that JupyterLab loads at its start, and plotly as a chunk of its own that is
// loaded with the first figure.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'dist');
const common = {
  bundle: true,
  minify: true,
  outdir: join(out, 'static'),
  target: 'es2022',
  metafile: true,
  legalComments: 'linked',
  logLevel: 'warning',
};
const entryOf = ({ metafile }) => basename(Object.entries(metafile.outputs).find(([, o]) => o.entryPoint)[0]);

/** Builds labextension/dist, ready to be copied below share/jupyter/labextensions; returns the size of the script. */
export async function buildLabExtension() {
  rmSync(out, { recursive: true, force: true });
  const plotly = await build({
    ...common,
    stdin: {
      contents: "import * as P from 'plotly.js-dist'; export default P.default ?? P;",
      resolveDir: here,
      sourcefile: 'plotly.js',
    },
    format: 'esm',
    entryNames: 'plotly.[hash]',
  });
  const entry = await build({
    ...common,
    entryPoints: [join(here, 'src', 'index.ts')],
    format: 'iife',
    entryNames: 'remoteEntry.[hash]',
    define: { PLOTLY_CHUNK: JSON.stringify(`./${entryOf(plotly)}`) },
  });
  const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  manifest.jupyterlab._build = { load: `static/${entryOf(entry)}`, mimeExtension: './mimeExtension' };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const install = { packageManager: 'python', packageName: 'exan-lab', uninstallInstructions: 'exan uninstall' };
  writeFileSync(join(out, 'install.json'), `${JSON.stringify(install, null, 2)}\n`);
  return readFileSync(join(out, 'static', entryOf(entry))).length;
}
