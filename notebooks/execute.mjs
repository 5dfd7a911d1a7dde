// node notebooks/execute.mjs NOTEBOOK OUT: sets up, executes a notebook, writes OUT.ipynb and OUT.html.
import { resolve } from 'node:path';
import { execute, main, SetupError, setup } from './setup.mjs';

await main(() => {
  const [notebook, out] = process.argv.slice(2);
  if (!notebook || !out) throw new SetupError('usage: node notebooks/execute.mjs NOTEBOOK OUT');
  setup();
  execute(resolve(notebook), resolve(out));
});
