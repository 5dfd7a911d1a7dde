import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium as playwright } from 'playwright-core';
import { chromium } from '../kernel-ext/support/chromium';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
// an environment with site/lite/requirements.txt, which npm test does not make
const python = process.env.LITE_PYTHON;

test('the notebook of JupyterLite runs in the browser, shows pictures, proves its answer and asks nobody else', {
  skip: python === undefined && 'set LITE_PYTHON to a Python with site/lite/requirements.txt',
}, async (t) => {
  const found = chromium();
  if ('missing' in found) return t.skip(found.missing);
  const out = at('site');
  const built = spawnSync(process.execPath, [join('site', 'build.mjs'), '--lessons', '--lite', '--out', out], {
    env: { ...process.env, PYTHON: python },
    encoding: 'utf8',
  });
  assert.equal(built.status, 0, built.stderr);
  const server = spawn(python as string, ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', out]);
  const browser = await playwright.launch({ executablePath: found.path, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const root = `http://127.0.0.1:${await portOf(server)}`;
    const page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(root) && !/^(data|blob):/.test(request.url())) elsewhere.push(request.url());
    });
    await page.goto(`${root}/index.html`);
    await page.getByRole('link', { name: 'a notebook in the browser' }).click();
    const cells = page.locator('.jp-Notebook .jp-CodeCell');
    await cells.first().waitFor({ timeout: 120_000 });
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first().waitFor({ timeout: 60_000 });
    await cells.first().locator('.cm-content').click();
    for (let k = 0; k < 8; k++) await page.keyboard.press('Shift+Enter'); // texts in between are cells too
    const answer = cells.nth(3).locator('.jp-OutputArea-executeResult');
    await answer.waitFor({ timeout: 60_000 });
    assert.match((await answer.textContent()) ?? '', /exact, the certificate holds, error \d(\.\d+)?e-3\d/);
    assert.equal(await cells.nth(3).locator('.jp-RenderedSVG').count(), 1);
    assert.equal(await page.locator('.jp-OutputArea-output[data-mime-type*="error"], .jp-mod-error').count(), 0);
    assert.deepEqual(elsewhere, []);
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
  } finally {
    await browser.close();
    server.kill();
  }
});

/** The port that Python's server says it has taken. */
async function portOf(server: ChildProcess): Promise<string> {
  for (let text = ''; ; ) {
    const [chunk] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    text += chunk.toString();
    const port = /port (\d+)/.exec(text)?.[1];
    if (port) return port;
  }
}
