// node notebooks/store.mjs [NAME …]: executes notebooks on the embedded data alone, holds them against what is expected of them, and
// stores their outputs in them, so that they can be read without being run. Pictures are drawn by Chromium (EXAN_CHROMIUM names one).
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expectedOf, problemsOf } from './check.mjs';
import { chromiumPath } from './chromium.mjs';
import { execute, main, notebooksNamed, root, SetupError, say, setup } from './setup.mjs';
import { faultsOf, storedOutputs } from './stored.mjs';

/** Screen pixels for each pixel of a picture: letters stay sharp, and GitHub, which goes by the pixels, does not blow it up much. */
const sharpness = 1.5;
/** Pixels of a page, for pictures that take what there is. */
const pageWidth = 700;

async function withBrowser(use) {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new SetupError('store.mjs: no Chromium found; install it, or set EXAN_CHROMIUM');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const viewport = { width: pageWidth, height: 600 };
    const page = await browser.newPage({ viewport, deviceScaleFactor: sharpness });
    await use(async (svg) => {
      await page.setContent(`<body style="margin:0;background:#fff">${svg}</body>`);
      const { width, height } = await page.locator('svg').boundingBox();
      const shot = await page.locator('svg').screenshot();
      return { png: shot.toString('base64'), width: Math.round(width), height: Math.round(height) };
    });
  } finally {
    await browser.close();
  }
}

async function store(name, draw) {
  const path = join(root, 'notebooks', `${name}.ipynb`);
  const notebook = JSON.parse(readFileSync(path, 'utf8'));
  const run = execute(path, join(root, 'out', 'store', name));
  const problems = problemsOf(name, run, expectedOf(name), { present: (set) => set === 'mnist' });
  if (problems.length > 0) throw new SetupError(problems.join('\n'));
  for (const [k, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== 'code') continue;
    cell.outputs = await storedOutputs(run.cells[k].outputs, draw);
    cell.execution_count = run.cells[k].execution_count;
  }
  const text = `${JSON.stringify(notebook, null, 1)}\n`;
  const faults = faultsOf(name, text);
  if (faults.length > 0) throw new SetupError(faults.join('\n'));
  writeFileSync(path, text);
  say(`${name}: stored, ${Math.round(Buffer.byteLength(text) / 1000)} kB`);
}

await main(async () => {
  const names = notebooksNamed(process.argv.slice(2));
  setup();
  mkdirSync(join(root, 'out'), { recursive: true });
  const empty = mkdtempSync(join(tmpdir(), 'exan-no-data-'));
  process.env.EXAN_DATA = empty;
  try {
    await withBrowser(async (draw) => {
      for (const name of names) await store(name, draw);
    });
  } finally {
    rmSync(empty, { recursive: true });
  }
});
