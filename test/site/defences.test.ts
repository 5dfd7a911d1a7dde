import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient, defences, mlp, reconstruct } from '../../src';
import { digitsOfSite } from './support/digits';
import { opened, slideTo } from './support/openedSite';

const model = mlp({ widths: [784, 512, 10], seed: 7 });

test('lesson 4 counts what a defence leaves as the library does in Node', async (t) => {
  const secret = (await digitsOfSite()).draw({ size: 8, seed: 1 });
  const gradient = captureGradient(model, secret);
  const kinds = { exact: ['exact'], within: ['approximate', 'merged'], unproven: ['estimate'] } as const;
  await opened(t, 'defences', async (page) => {
    const shown = async (): Promise<number[]> =>
      Promise.all(
        ['exact', 'within', 'unproven', 'nothing'].map(async (id) =>
          Number(await page.locator(`#${id}`).textContent()),
        ),
      );
    const attacked = (order: string): Promise<void> =>
      page.locator(`#attacked[data-order="${order}"][aria-busy="false"]`).waitFor({ timeout: 60_000 });

    await attacked('8 noise 0 1');
    assert.deepEqual(await shown(), [8, 0, 0, 0]);

    await slideTo(page, 'strength', 14);
    await attacked('8 noise 14 1');
    assert.deepEqual(await shown(), [0, 8, 0, 0], 'within error bars, and none called exact');
    assert.match((await page.locator('#answer').textContent()) ?? '', /8 of 8 within error bars\. No certificate/);

    await page.locator('#defence').selectOption('mask');
    await attacked('8 mask 14 1');
    const found = reconstruct(model, defences.maskExclusiveRows(model, secret, gradient, 0.7));
    const of = (names: readonly string[]): number =>
      found.samples.filter(({ status }) => names.includes(status)).length;
    const counts = [of(kinds.exact), of(kinds.within), of(kinds.unproven)];
    assert.deepEqual((await shown()).slice(0, 3), counts);

    await page.locator('#defence').selectOption('prune');
    await attacked('8 prune 14 1');
    assert.deepEqual(await shown(), [0, 0, 0, 8]);
    assert.match((await page.locator('#answer').textContent()) ?? '', /^Nothing was read back/);
    assert.match((await page.locator('main').textContent()) ?? '', /“Not recovered” is not “safe”/);
    assert.equal(await page.locator('#crudely svg').count(), 1, 'what a cruder look still shows');
  });
});
