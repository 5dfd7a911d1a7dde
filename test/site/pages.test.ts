import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { faint } from '../support/contrast';
import { opened, site } from './support/openedSite';

const lessons = ['remembers', 'exclusive', 'beyond', 'defences'];

test('the first page leads to every lesson, by mouse and by keyboard, and every page leads back', async (t) => {
  await opened(t, 'index', async (page) => {
    assert.equal(await page.locator('.cards a').count(), lessons.length);
    for (const [k, name] of lessons.entries()) {
      const link = page.locator('.cards a').nth(k);
      if (k % 2 === 0) await link.click();
      else {
        await link.focus();
        await page.keyboard.press('Enter');
      }
      await page.waitForURL(`**/${name}.html`);
      await page.locator('nav a').first().click();
      await page.waitForURL('**/index.html');
    }
  });
});

for (const name of ['index', ...lessons])
  test(`${name}.html fits narrow and wide windows, light and dark, states the threat model, and can send nothing`, async (t) => {
    await opened(
      t,
      name,
      async (page) => {
        if (name !== 'index') await page.locator('.figure svg').first().waitFor();
        for (const colorScheme of ['light', 'dark'] as const)
          for (const width of [1200, 700, 400]) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            await page.setViewportSize({ width, height: 900 });
            const wide = await page.evaluate(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            );
            assert.equal(wide, 0, `${width} px scrolls sideways`);
            assert.deepEqual(await page.evaluate(faint), [], `${colorScheme}, ${width}`);
          }
        const text = (await page.locator('main').textContent()) ?? '';
        for (const said of [
          /Threat model\. The attacker is a server/,
          /“Not recovered” is not “safe”/,
          /Nothing leaves this page/,
        ])
          assert.match(text, said);
        assert.equal(await page.locator('html').getAttribute('lang'), 'en');
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
        assert.equal(await page.locator('nav [aria-current="page"]').count(), 1);
        const nameless = await page.evaluate(
          `[...document.querySelectorAll('input, select, button')].filter((e) => !(e.labels?.length || e.textContent.trim())).length`,
        );
        assert.equal(nameless, 0);
        // even a script that wants to send something cannot: the policy blocks it before it is a request
        const sent = await page.evaluate(`(async () => {
        const blocked = [];
        addEventListener('securitypolicyviolation', (e) => blocked.push(e.effectiveDirective));
        const failed = await fetch('https://example.org/?secret').then(() => 'sent', () => 'blocked');
        navigator.sendBeacon('https://example.org/', 'secret');
        new Image().src = 'https://example.org/secret.png';
        await new Promise((done) => setTimeout(done, 100));
        return [failed, [...new Set(blocked)].sort()];
      })()`);
        assert.deepEqual(sent, ['blocked', ['connect-src', 'img-src']]);
      },
      { complaints: /Content Security Policy|violates/ },
    );
  });

test('the site is small, and says in words of its own whose code it holds', (t) => {
  const sizes = readdirSync(site()).map((file) => [file, statSync(join(site(), file)).size] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  t.diagnostic(
    `${(total / 1000).toFixed(0)} kB in all; library and digits ${(statSync(join(site(), 'library.js')).size / 1000).toFixed(0)} kB`,
  );
  assert.ok(total < 1_000_000, `${total}`);
  assert.doesNotMatch(readFileSync(join(site(), 'site.js'), 'utf8'), /https?:\/\/(?!www\.w3\.org)/);
});
