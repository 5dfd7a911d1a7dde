import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { cells, notebookFile } from './support/browserNotebook';
import { chromium } from './support/chromium';
import { installed, python, root } from './support/environment';
import { type JupyterServer, startJupyter } from './support/jupyterServer';

const patient = { timeout: 60_000 };
const pictures = join(root, 'out');

const cell = (page: Page, index: number) => page.locator('.jp-Notebook .jp-CodeCell').nth(index);
const prompt = (page: Page, index: number) => cell(page, index).locator('.jp-InputPrompt');

/** Runs one cell by keyboard, as a user does; again when the page was not ready to take the keys. */
async function run(page: Page, index: number): Promise<void> {
  const before = await prompt(page, index).textContent();
  for (let tries = 0; tries < 10; tries++) {
    await cell(page, index).locator('.cm-content').click();
    await page.keyboard.press('Shift+Enter');
    for (let wait = 0; wait < 20; wait++) {
      if ((await prompt(page, index).textContent()) !== before) return;
      await page.waitForTimeout(100);
    }
  }
  assert.fail(`cell ${index} does not run`);
}

async function waitForPrompt(page: Page, index: number, pattern: RegExp): Promise<void> {
  const text = prompt(page, index);
  for (let tries = 0; tries < 600; tries++) {
    if (pattern.test((await text.textContent()) ?? '')) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`cell ${index} shows ${await text.textContent()}, expected ${pattern}`);
}

async function withNotebook(
  t: TestContext,
  application: 'jupyterlab' | 'notebook',
  content: string,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const found = chromium();
  if ('missing' in found) return t.skip(found.missing);
  mkdirSync(pictures, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'exan-browser-'));
  const { env, remove } = installed();
  let server: JupyterServer | undefined;
  let browser: Browser | undefined;
  try {
    writeFileSync(join(folder, 'test.ipynb'), content);
    server = await startJupyter(python(), application, folder, env);
    browser = await playwright.launch({
      executablePath: found.path,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
    const page = await browser.newPage({ viewport: { width: 1200, height: 1500 } });
    const path = application === 'jupyterlab' ? '/lab/tree/test.ipynb' : '/notebooks/test.ipynb';
    await page.goto(`${server.url}${path}?token=${server.token}`);
    await cell(page, 3).waitFor(patient);
    // A cell sent before the kernel answers is not run.
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first().waitFor(patient);
    try {
      await use(page);
    } catch (error) {
      await page.screenshot({ path: join(pictures, `${application}-failed.png`) });
      throw error;
    }
  } finally {
    await browser?.close();
    await server?.stop();
    remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs all but the last cell, and checks that both pictures are elements of the page. */
async function runAndSee(page: Page): Promise<void> {
  for (let index = 0; index < cells.length - 1; index++) await run(page, index);
  await waitForPrompt(page, cells.length - 2, /\[\d+\]/);
  const plot = cell(page, 1).locator('.js-plotly-plot');
  await plot.locator('.scatterlayer .point').first().waitFor(patient);
  assert.equal(await plot.count(), 1);
  await cell(page, 1).getByText('Updated in place').waitFor(patient);
  assert.equal(await cell(page, 3).locator('.exan-layer canvas').count(), 2);
}

/** Whatever the figure asks for, no button uploads it; and it says in words what it shows. */
async function offersNoUpload(page: Page): Promise<void> {
  const plot = cell(page, 1).locator('.js-plotly-plot');
  const buttons = await plot.locator('.modebar-btn').evaluateAll((all) => all.map((b) => b.getAttribute('data-title')));
  assert.ok(buttons.includes('Download plot as a PNG'), `${buttons}`);
  assert.ok(buttons.includes('Show closest data on hover'), 'what else it asks for is there');
  for (const title of buttons) assert.doesNotMatch(String(title), /share|cloud|upload|send|edit/i);
  assert.equal(await cell(page, 1).getByRole('img', { name: 'updated' }).count(), 1);
}

/** What has the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate('document.activeElement?.tagName + " " + document.activeElement?.className');

/** Goes to the map, along its neurons and into its table without a pointer. */
async function readByKeyboard(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  for (let tries = 0; tries < 100 && !(await focused(page)).includes('exan-map'); tries++)
    await page.keyboard.press('Shift+Tab');
  assert.match(await focused(page), /exan-map/, 'Tab comes to the map');
  const map = cell(page, 3).locator('.exan-map');
  const status = async (): Promise<string> => (await map.locator('.exan-status').textContent()) ?? '';
  assert.equal(await status(), '');
  const exclusive = /^hidden 1, sample (\d) \(label \d\), neuron (\d+): exclusive \(ExAN\)/;
  await page.keyboard.press('n');
  const [, owner, first] = exclusive.exec(await status()) ?? assert.fail(await status());
  await page.keyboard.press('n');
  const [, same, second] = exclusive.exec(await status()) ?? assert.fail(await status());
  assert.ok(same === owner && Number(second) > Number(first), await status());
  await page.keyboard.press('p');
  assert.equal(exclusive.exec(await status())?.[2], first);
  for (const key of ['Enter', ' ']) {
    await page.keyboard.press(key);
    assert.match(await status(), new RegExp(`Chosen sample ${owner} \\(`), `${key} chooses`);
    await page.keyboard.press('Escape');
    assert.equal(await status(), '');
    await page.keyboard.press('p');
    await page.keyboard.press('ArrowUp'); // somewhere else, and back
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
  }
  await page.keyboard.press('Tab');
  assert.match(await focused(page), /^SUMMARY /);
  const table = map.locator('details');
  for (const [key, open] of [
    ['Enter', true],
    [' ', false],
    [' ', true],
    ['Enter', false],
  ] as const) {
    await page.keyboard.press(key);
    assert.equal(
      await table.evaluate((node) => (node as unknown as { open: boolean }).open),
      open,
      `the table after ${key}`,
    );
    assert.equal(await map.locator('tbody tr').first().isVisible(), open);
  }
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Escape');
}

test('JupyterLab shows figure and map, reacts to pointer and keyboard, interrupts and restarts', async (t) => {
  await withNotebook(t, 'jupyterlab', notebookFile(), async (page) => {
    await runAndSee(page);
    await offersNoUpload(page);
    await readByKeyboard(page);
    const map = cell(page, 3).locator('.exan-map');
    assert.match((await map.locator('.exan-legend').textContent()) ?? '', /this sample only.*several samples.*silent/);
    assert.deepEqual(await map.locator('.exan-neurons').allTextContents(), ['0neuron47', '0neuron23']);
    assert.deepEqual(await map.locator('.exan-samples').allTextContents(), ['sample012345', 'sample012345']);
    const status = map.locator('.exan-status');
    assert.match((await map.getAttribute('aria-label')) ?? '', /Exclusivity map of 6 samples.*hidden 1 \d+ of 48/);
    assert.equal(await map.locator('tbody tr').count(), 6);

    await map
      .locator('.exan-layer')
      .first()
      .click({ position: { x: 120, y: 45 } });
    const chosen = /Chosen sample 2 \(label 4\): hidden 1 \d+ ExANs.*; hidden 2 \d+ ExANs/;
    assert.match((await status.textContent()) ?? '', chosen);
    await page.screenshot({ path: join(pictures, 'jupyterlab-light.png') });
    await map.focus();
    await page.keyboard.press('ArrowDown');
    assert.match((await status.textContent()) ?? '', /Chosen sample 3 \(label 1\)/);
    await page.keyboard.press('PageDown');
    assert.match((await status.textContent()) ?? '', /^hidden 2, sample 3 \(label 1\), neuron \d+: /);
    await page.keyboard.press('Escape');
    assert.equal(await status.textContent(), '');

    const before = await cell(page, 1).locator('.js-plotly-plot .main-svg').first().boundingBox();
    await page.setViewportSize({ width: 900, height: 1500 });
    await page.waitForTimeout(1000);
    const after = await cell(page, 1).locator('.js-plotly-plot .main-svg').first().boundingBox();
    assert.ok((after?.width ?? 0) < (before?.width ?? 0) - 100, 'the figure follows the width of the page');

    await run(page, cells.length - 1);
    await cell(page, cells.length - 1)
      .getByText('long cell began', { exact: true })
      .waitFor(patient);
    await page.locator('[data-command="notebook:interrupt-kernel"], [data-icon="ui-components:stop"]').first().click();
    await cell(page, cells.length - 1)
      .getByText('KeyboardInterrupt')
      .first()
      .waitFor(patient);

    await page.getByRole('menuitem', { name: 'Settings' }).click();
    await page.getByText('Theme', { exact: true }).first().hover();
    await page.getByText('JupyterLab Dark', { exact: true }).first().click();
    await page.waitForFunction("document.body.dataset.jpThemeLight === 'false'", undefined, patient);
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(pictures, 'jupyterlab-dark.png') });

    await page.getByRole('menuitem', { name: 'Kernel', exact: true }).click();
    await page.getByText('Restart Kernel…', { exact: true }).click();
    await page.locator('.jp-Dialog .jp-mod-accept').click();
    await page.waitForTimeout(500);
    await run(page, 1);
    await waitForPrompt(page, 1, /\[1\]/);
    await cell(page, 1).getByText("Cannot find name 'jupyter'").first().waitFor(patient);
  });
});

test('JupyterLab runs the quickstart: digits, figures and the exclusivity map', async (t) => {
  const quickstart = readFileSync(join(root, 'notebooks', '00-quickstart.ipynb'), 'utf8');
  await withNotebook(t, 'jupyterlab', quickstart, async (page) => {
    const runAll = async (): Promise<void> => {
      await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
      await page.getByText('Run All Cells', { exact: true }).click();
    };
    const began = async (): Promise<boolean> =>
      (await page.locator('.jp-InputPrompt').allTextContents()).some((text) => /\[[\d*]+\]/.test(text));
    await runAll();
    const last = page.locator('.jp-Notebook .jp-CodeCell').last();
    for (let tries = 0; tries < 60 && (await page.locator('.exan-map').count()) === 0; tries++) {
      await page.keyboard.press('End'); // the notebook draws cells when they come near
      await last.scrollIntoViewIfNeeded();
      await page.waitForTimeout(500);
      if (tries % 10 === 9 && !(await began())) await runAll(); // the kernel was not ready for it
    }
    assert.equal(await page.locator('.exan-map .exan-layer canvas').count(), 1);
    await page.screenshot({ path: join(pictures, 'quickstart-map.png') });
    await page.locator('.jp-Notebook .jp-CodeCell').nth(1).scrollIntoViewIfNeeded();
    await page.locator('.js-plotly-plot .main-svg').first().waitFor(patient);
    assert.equal(await page.locator('.jp-RenderedText[data-mime-type*="stderr"]').count(), 0);
    await page.screenshot({ path: join(pictures, 'quickstart.png') });
    await page.keyboard.press('Control+b'); // the files aside
    for (const width of [1200, 700]) {
      await page.setViewportSize({ width, height: 6000 });
      await page.waitForTimeout(2000);
      const outputs = await page.locator('.exan-output').evaluateAll((all) =>
        all.map((node) => {
          const { scrollWidth, clientWidth } = node as unknown as { scrollWidth: number; clientWidth: number };
          return [node.getAttribute('aria-label') ?? 'map', scrollWidth - clientWidth] as const;
        }),
      );
      assert.equal(outputs.length, 4, 'two grids, the map and the bars');
      for (const [what, beyond] of outputs) assert.ok(beyond <= 0, `${beyond} pixels cut at ${width}: ${what}`);
      await page.screenshot({ path: join(pictures, `quickstart-${width}.png`) });
    }
  });
});

test('Notebook 7 shows figure and map', async (t) => {
  if (!(await hasNotebook())) return t.skip('the Python environment has no notebook package');
  await withNotebook(t, 'notebook', notebookFile(), async (page) => {
    await runAndSee(page);
    await page.screenshot({ path: join(pictures, 'notebook7.png') });
  });
});

async function hasNotebook(): Promise<boolean> {
  const { spawnSync } = await import('node:child_process');
  return spawnSync(python(), ['-c', 'import notebook'], { stdio: 'ignore' }).status === 0;
}
