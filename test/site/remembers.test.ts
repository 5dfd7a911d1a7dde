import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient, certify, exclusivityState, mlp, reconstruct, recovered, score } from '../../src';
import { digitsOfSite } from './support/digits';
import { opened, slideTo } from './support/openedSite';

test('lesson 1 reads the batch back that the library reads back in Node, by mouse', async (t) => {
  await opened(t, 'remembers', async (page) => {
    await page.locator('#batch svg').waitFor();
    await page.locator('#attack').click();
    await page.locator('#attacked[data-status]').waitFor();
    const seconds = (await page.evaluate('performance.now()')) as number;
    t.diagnostic(`first attack done ${(seconds / 1000).toFixed(2)} s after the page began to load`);
    const answer = (await page.locator('#answer').textContent()) ?? '';

    const model = mlp({ widths: [784, 512, 10], seed: 7 });
    const secret = (await digitsOfSite()).draw({ size: 8, seed: 1 });
    const gradient = captureGradient(model, secret);
    const found = reconstruct(model, gradient);
    const error = score(recovered(found), secret).mse.max;
    assert.equal(found.status, 'exact');
    assert.equal(certify(model, gradient, recovered(found), found).verdict, 'holds');
    assert.equal(await page.locator('#attacked').getAttribute('data-status'), 'exact');
    assert.match(answer, /^Read back: 8 of 8 exactly\. The certificate holds: .* 8 of 8 labels right\./);
    const [, power] = /mean squared error at most \d × 10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/.exec(answer) ?? assert.fail(answer);
    const shown = -Number([...(power as string)].map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)).join(''));
    assert.ok(Math.abs(shown - Math.log10(error)) <= 1, `page 1e${shown}, Node ${error}`);
    const alone = exclusivityState(model, secret).counts.reduce((sum, [count]) => sum + (count ?? 0), 0);
    assert.equal(
      await page.locator('#batch-words').textContent(),
      `${alone} neurons of 512 are exclusive in this batch.`,
    );
  });
});

test('lesson 1 goes by keyboard from an exclusive row, which is the digit, to a shared one, which is a mixture', async (t) => {
  await opened(t, 'remembers', async (page) => {
    await page.locator('#row svg').waitFor();
    const words = page.locator('#row-words');
    assert.match((await words.textContent()) ?? '', /is exclusive: .* at most \d × 10⁻¹[³⁴⁵⁶⁷⁸⁹] in any pixel/);
    await page.locator('#neuron').focus();
    await page.keyboard.press('End');
    await page.locator('#row-words', { hasText: 'a mixture' }).waitFor();
    assert.match((await words.textContent()) ?? '', /turned on by \d digits/);
    await slideTo(page, 'size', 12);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.id'), 'another');
    await page.keyboard.press('Enter');
    await page.locator('#batch[data-seed="2"] svg').waitFor();
    await page.locator('#attack').focus();
    await page.keyboard.press('Enter');
    await page.locator('#attacked[data-status]').waitFor();
    assert.match((await page.locator('#answer').textContent()) ?? '', /^Read back: 12 of 12 exactly/);
  });
});
