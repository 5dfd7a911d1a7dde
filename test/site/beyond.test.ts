import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient, exclusivityState, mlp, reconstruct, recovered, score } from '../../src';
import { digitsOfSite } from './support/digits';
import { opened, slideTo } from './support/openedSite';

const model = mlp({ widths: [784, 512, 10], seed: 7 });

test('lesson 3 reads a batch in which most digits have no exclusive neuron, as the library does in Node', async (t) => {
  const secret = (await digitsOfSite()).draw({ size: 48, seed: 1 });
  const found = reconstruct(model, captureGradient(model, secret));
  assert.ok(found.status === 'exact' && score(recovered(found), secret).mse.max < 1e-20);
  const without = exclusivityState(model, secret).counts.filter(([count]) => count === 0).length;
  assert.ok(without > 40);
  await opened(t, 'beyond', async (page) => {
    await page.locator('#batch-words[data-setting="48 1"]').waitFor();
    assert.ok(
      (await page.locator('#batch-words').textContent())?.startsWith(`${without} digits of 48 have no exclusive`),
    );
    await page.locator('#attack').click();
    await page.locator('#attacked[data-status="exact"]').waitFor({ timeout: 60_000 });
    const answer = (await page.locator('#answer').textContent()) ?? '';
    assert.match(
      answer,
      /^Read back: 48 of 48 exactly\. The certificate holds: .* at most \d × 10⁻[²³][⁰¹²³⁴⁵⁶⁷⁸⁹], 48 of 48 labels right/,
    );
  });
});

test('lesson 3 stops at once when told to, says so, and starts again', async (t) => {
  await opened(t, 'beyond', async (page) => {
    await slideTo(page, 'size', 64);
    await page.locator('#batch-words[data-setting="64 1"]').waitFor();
    await page.locator('#attack').focus();
    await page.keyboard.press('Enter');
    await page.locator('#attacked[aria-busy="true"]').waitFor();
    assert.equal(await page.locator('#progress').isVisible(), true);
    await page.locator('#stop:enabled').focus();
    await page.keyboard.press('Enter');
    await page.locator('#attacked[aria-busy="false"][data-status]').waitFor();
    assert.match((await page.locator('#answer').textContent()) ?? '', /it was stopped/);
    assert.notEqual(await page.locator('#attacked').getAttribute('data-status'), 'exact');
    assert.equal(await page.locator('#stop').isDisabled(), true);
    // a new batch takes the answer away
    await slideTo(page, 'size', 8);
    await page.locator('#batch-words[data-setting="8 1"]').waitFor();
    assert.equal(await page.locator('#answer').textContent(), '');
    await page.locator('#attack').click();
    await page.locator('#attacked[data-status="exact"]').waitFor();
  });
});
