import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Figure } from '../../src';
import { figurePage } from '../../src/cli/figurePage';
import { writeAtomically } from '../../src/data/files';
import { darkToo } from '../../src/viz/picture/dark';
import { staticPicture } from '../../src/viz/staticPicture';
import { faint } from '../support/contrast';
import { exan } from '../support/exan';
import { opened, site } from './support/openedSite';

/** Text of figures that is smaller than nine pixels, or sticks out of its figure. */
const unreadable = `[...document.querySelectorAll('svg text')].filter((e) => e.textContent.trim()).flatMap((e) => {
  const svg = e.closest('svg');
  const [own, all] = [e.getBoundingClientRect(), svg.getBoundingClientRect()];
  const out = own.left < all.left - 1 || own.right > all.right + 1 || own.top < all.top - 1 || own.bottom > all.bottom + 1;
  const size = parseFloat(getComputedStyle(e).fontSize) * all.width / svg.viewBox.baseVal.width;
  return out || size < 9 ? [[e.textContent, out ? 'sticks out' : size]] : [];
})`;

const folder = join('test', 'viz', 'snapshots');

test('every figure is readable on a page of 700 pixels, light and dark', async (t) => {
  const names = readdirSync(folder).map((file) => file.replace('.json', ''));
  mkdirSync(join(site(), 'one'), { recursive: true });
  for (const name of names) {
    const figure = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Figure;
    const named = { name, about: 'A figure.', command: 'none', figure };
    writeAtomically(join(site(), 'one', `${name}.html`), figurePage(named, name, darkToo(staticPicture(figure).data)));
  }
  for (const name of names)
    await opened(t, `one/${name}`, async (page) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width: 700, height: 900 });
        assert.equal(await page.locator('svg').count(), 1);
        const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        assert.equal(wide, 0, `${name} scrolls sideways`);
        assert.deepEqual(await page.evaluate(unreadable), [], name);
        assert.deepEqual(await page.evaluate(faint), [], `${name}, ${colorScheme}`);
      }
    });
  rmSync(join(site(), 'one'), { recursive: true });
});

test('the gallery shows the figures that were written, with their files beside them', async (t) => {
  const out = join(site(), 'figures');
  assert.equal(exan('figure', 'imageGrid', 'exanHeatmap', '--out', out).code, 0);
  const script = `import('./site/pages.mjs').then(({ writePages }) => writePages(process.argv[1], { gallery: true }))`;
  const written = spawnSync(process.execPath, ['-e', script, site()], { encoding: 'utf8' });
  assert.equal(written.status, 0, written.stderr);
  await opened(t, 'index', async (page) => {
    await page.getByRole('link', { name: 'Figures' }).click();
    await page.waitForURL('**/gallery.html');
    assert.deepEqual(await page.getByRole('heading', { level: 2 }).allTextContents(), ['imageGrid', 'exanHeatmap']);
    assert.equal(await page.locator('.figure svg').count(), 2);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await page.evaluate(faint), []);
    }
    const links = (await page.evaluate(
      '[...document.querySelectorAll(".files a")].map((a) => a.getAttribute("href"))',
    )) as string[];
    assert.deepEqual(
      links.map((href) => href.replace('figures/', '')).sort(),
      readdirSync(out)
        .filter((file) => file !== 'index.json')
        .sort(),
    );
    await page.getByRole('link', { name: 'HTML' }).first().click();
    await page.waitForURL('**/figures/imageGrid.html');
    assert.equal(await page.locator('svg').count(), 1);
  });
});
