import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { chromium } from '../../kernel-ext/support/chromium';
import { temporaryFolder } from '../../support/temporary';

const folder = temporaryFolder()('site');
let built = false;
let browser: Browser | undefined;
after(async () => browser?.close());

/** The folder of the site, built at the first call. */
export function site(): string {
  if (built) return folder;
  const { status, stderr } = spawnSync(process.execPath, [join('site', 'build.mjs'), '--lessons', '--out', folder]);
  assert.equal(status, 0, stderr.toString());
  built = true;
  return folder;
}

/**
 * Opens a page of the site from its folder; it may ask for nothing but files of this folder, and complain of nothing.
 *
 * @param expected complaints that the test itself brings about
 */
export async function opened(
  t: TestContext,
  name: string,
  use: (page: Page) => Promise<void>,
  expected?: { readonly complaints: RegExp },
): Promise<void> {
  const found = chromium();
  if ('missing' in found) return t.skip(found.missing);
  browser ??= await playwright.launch({
    executablePath: found.path,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  const root = pathToFileURL(site()).href;
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 } });
  try {
    const page = await context.newPage();
    const [asked, complaints]: [string[], string[]] = [[], []];
    page.on('request', (request) => asked.push(request.url()));
    // what the page's policy blocks is listed too, though it never leaves the browser
    page.on('requestfailed', (request) => {
      if (request.failure()?.errorText === 'csp') asked.splice(asked.indexOf(request.url()), 1);
    });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${root}/${name}.html`);
    await use(page);
    assert.deepEqual(
      complaints.filter((words) => !expected?.complaints.test(words)),
      [],
    );
    const elsewhere = asked.filter((url) => !url.startsWith(`${root}/`) && !/^(data|blob):/.test(url));
    assert.deepEqual(elsewhere, []);
  } finally {
    await context.close();
  }
}

/** Moves a slider by keyboard, as a user does, to a value. */
export async function slideTo(page: Page, id: string, value: number): Promise<void> {
  const slider = page.locator(`#${id}`);
  await slider.focus();
  await page.keyboard.press('Home');
  const now = async (): Promise<number> => Number(await slider.inputValue());
  for (let least = await now(), tries = 0; (await now()) < value && tries < 2000; tries++) {
    await page.keyboard.press('ArrowRight');
    assert.ok((await now()) > least, `${id} moves by the arrow`);
    least = await now();
  }
  assert.equal(await now(), value);
}
