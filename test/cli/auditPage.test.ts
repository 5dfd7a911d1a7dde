import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { gaussian, mnist } from '../../src/data';
import { captureGradient } from '../../src/gradient/captureGradient';
import { writeGradient } from '../../src/gradient/gradientFile';
import { rng } from '../../src/math/rng';
import { mlp } from '../../src/model/mlp';
import { writeModel } from '../../src/model/modelFile';
import { page as pageOf } from '../../src/report/html/page';
import type { Report } from '../../src/report/report';
import { chromium } from '../kernel-ext/support/chromium';
import { faint } from '../support/contrast';
import { exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

/** Opens a page without a network; everything it asks for or complains of is kept. */
async function opened(
  t: TestContext,
  path: string,
  use: (page: Page, asked: string[]) => Promise<void>,
): Promise<void> {
  const found = chromium();
  if ('missing' in found) return t.skip(found.missing);
  let browser: Browser | undefined;
  try {
    browser = await playwright.launch({
      executablePath: found.path,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
    const page = await browser.newPage();
    const [asked, complaints]: [string[], string[]] = [[], []];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
    await page.goto(pathToFileURL(path).href);
    await use(page, asked);
    assert.deepEqual(complaints, []);
  } finally {
    await browser?.close();
  }
}

test('the report is one page that asks for nothing, fits a narrow window, and says its pictures in words', async (t) => {
  const model = mlp({ widths: [784, 512, 10], seed: 7 });
  const gradient = captureGradient(model, (await mnist()).draw({ size: 64, seed: 4 }), { precision: 'float32' });
  const hostile = '<img src=x onerror=alert(1)>.safetensors'; // a name from elsewhere
  writeModel(at(hostile), model);
  writeGradient(at('gradient'), gradient);
  const files = ['--model', at(hostile), '--gradient', at('gradient')];
  const { code, stderr } = exan('audit', ...files, '--shape', '28x28', '--out', at('out'), '--fail-on', 'exposed');
  assert.deepEqual([code, stderr], [1, '']);
  const path = join(at('out'), 'report.html');
  assert.ok(statSync(path).size < 6e6);
  const report = JSON.parse(readFileSync(join(at('out'), 'report.json'), 'utf8')) as Report;
  assert.equal(report.verdict, '64 of 64 training images can be read exactly from this update by anyone who sees it.');
  await opened(t, path, async (page, asked) => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1200, 700, 400]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 1000 });
        const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        assert.equal(wide, 0, `${width} px scrolls sideways`);
        assert.deepEqual(await page.evaluate(faint), [], `${colorScheme}, ${width}`);
      }
    assert.ok((await page.title()).startsWith(report.verdict));
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    assert.ok((await page.getByRole('heading', { level: 2 }).count()) >= 6);
    const pictures = page.getByRole('img');
    assert.equal(await pictures.count(), 64);
    const alts = (await page.evaluate('[...document.images].map((e) => e.alt)')) as string[];
    assert.ok(
      alts.every((alt, m) => new RegExp(`: sample ${m}, label \\d, exact, proven$`).test(alt)),
      alts[0],
    );
    assert.equal(await page.evaluate('[...document.images].every((e) => e.naturalWidth === 28)'), true);
    assert.equal(await page.getByRole('row', { name: 'Sample 63' }).count(), 1);
    assert.ok(await page.getByText('was not recovered is not safe').first().isVisible());
    assert.equal((await page.getByText('onerror=alert(1)').count()) > 0, true); // shown, not run
    assert.equal(await page.locator('script, link, iframe, object').count(), 0);
    assert.deepEqual(
      asked.filter((url) => !url.startsWith('data:')),
      [pathToFileURL(path).href],
    );
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
    assert.ok((await page.pdf({ format: 'A4' })).length > 1e4);
  });
});

test('64 colour pictures of 224 x 224 that do not compress stay below 6 MB', () => {
  const uniform = rng(1);
  const shape = { height: 224, width: 224, channels: 3, channelsFirst: true } as const;
  const inputs = Array.from({ length: 64 }, () => Float64Array.from({ length: 3 * 224 * 224 }, uniform));
  const report = JSON.parse(readFileSync(join(at('out'), 'report.json'), 'utf8')) as Report;
  const html = pageOf(report, { samples: inputs, estimates: [], shape });
  assert.ok(html.length > 1e6 && html.length < 6e6, `${html.length}`);
  assert.match(html, /shown \d times smaller/);
});

test('--shape is refused where it is no shape, or not that of the samples', () => {
  const model = mlp({ widths: [12, 8, 3], seed: 1 });
  writeModel(at('small'), model);
  writeGradient(
    at('small.gradient'),
    captureGradient(model, gaussian({ size: 2, dimension: 12, classes: 3, seed: 1 })),
  );
  const files = ['audit', '--model', at('small'), '--gradient', at('small.gradient')];
  for (const shape of ['12', '3x', '2x2x2x2', '0x12', '4x5x6', 'axb']) {
    const { code, stderr } = exan(...files, '--shape', shape);
    assert.equal(code, 2);
    assert.match(stderr, /Expected HxW, HxWxC or CxHxW/, shape);
  }
  assert.match(exan(...files, '--shape', '3x3').stderr, /--shape 3 x 3, 1 channels, expected the network's 12 inputs/);
  assert.equal(exan(...files, '--shape', '3x2x2').code, 0);
});
