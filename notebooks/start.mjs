// npm start: from a fresh clone to a reconstructed batch. Sets up, executes the quickstart and prints what it found.
import { join } from 'node:path';
import { execute, main, root, say, setup } from './setup.mjs';

/** Text of the outputs of the cells tagged `report`: the notebook's own numbers, not a second computation. */
function report(notebook) {
  return notebook.cells
    .filter((cell) => cell.metadata.tags?.includes('report'))
    .flatMap((cell) => cell.outputs)
    .map((output) => [output.data?.['text/plain'] ?? output.text ?? ''].flat().join(''))
    .join('\n\n');
}

await main(() => {
  setup();
  say('executing notebooks/00-quickstart.ipynb');
  const out = join(root, 'out', 'quickstart');
  const notebook = execute(join(root, 'notebooks', '00-quickstart.ipynb'), out);
  process.stdout.write(`\n${report(notebook)}\n\n`);
  process.stdout.write('Pictures:          out/quickstart.html\n');
  process.stdout.write('Open the notebook: npm run lab\n');
});
