import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureGradient, exclusivityState, expectedExans, type Mlp, mlp, reconstruct } from '../../src';
import { digitsOfSite } from './support/digits';
import { opened, slideTo } from './support/openedSite';

const model = (width: number): Mlp => mlp({ widths: [784, width, 10], seed: 7 });

test('lesson 2 counts exclusive neurons as the library does, for the batch and the width that its sliders say', async (t) => {
  const digits = await digitsOfSite();
  await opened(t, 'exclusive', async (page) => {
    const tally = async (): Promise<(string | null)[]> =>
      Promise.all(['measured', 'none', 'two', 'expected'].map((id) => page.locator(`#${id}`).textContent()));
    const byHand = (size: number, width: number): string[] => {
      const { counts, patterns } = exclusivityState(model(width), digits.draw({ size, seed: 1 }));
      const own = counts.map(([count]) => count ?? 0);
      const fires = patterns[0]?.fires ?? new Uint8Array(1);
      const rate = fires.reduce((sum, on) => sum + on, 0) / fires.length;
      const expected = expectedExans(width, size, rate);
      return [
        (own.reduce((sum, v) => sum + v, 0) / size).toFixed(2),
        `${own.filter((v) => v === 0).length} of ${size}`,
        `${own.filter((v) => v >= 2).length} of ${size}`,
        expected < 0.01 ? expected.toExponential(1) : expected.toFixed(2),
      ];
    };
    await page.locator('#map[data-setting="8 512 1"]').waitFor();
    assert.deepEqual(await tally(), byHand(8, 512));
    const few = Number((await tally())[0]);
    await slideTo(page, 'size', 24);
    await page.locator('#map[data-setting="24 512 1"]').waitFor();
    assert.deepEqual(await tally(), byHand(24, 512));
    assert.ok(Number((await tally())[0]) < few, 'they go as the batch grows');
    await slideTo(page, 'width', 10);
    await page.locator('#map[data-setting="24 1024 1"]').waitFor();
    assert.deepEqual(await tally(), byHand(24, 1024));
    // the map has a cell of the exclusive colour for each exclusive neuron of a sample, and one column for each neuron
    const painted = (await page.evaluate(`(() => {
      const map = document.getElementById('map');
      const { data, width, height } = map.getContext('2d').getImageData(0, 0, map.width, map.height);
      const tall = height / 24;
      let alone = 0;
      for (let m = 0; m < 24; m++) for (let j = 0; j < width; j++) {
        const at = 4 * ((m * tall) * width + j);
        if (data[at] === 0xd5 && data[at + 1] === 0x5e && data[at + 2] === 0) alone++;
      }
      return [width, alone];
    })()`)) as number[];
    const { counts } = exclusivityState(model(1024), digits.draw({ size: 24, seed: 1 }));
    assert.deepEqual(painted, [1024, counts.reduce((sum, [count]) => sum + (count ?? 0), 0)]);
  });
});

test('lesson 2, its slider dragged to the end, attacks by exclusive neurons alone, and says what they leave', async (t) => {
  await opened(t, 'exclusive', async (page) => {
    const { x, y, width, height } = (await page.locator('#size').boundingBox()) ?? assert.fail('no slider');
    await page.mouse.move(x + width / 4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width - 1, y + height / 2, { steps: 20 });
    await page.mouse.up();
    await page.locator('#map[data-setting="64 512 1"]').waitFor();
    await page.locator('#attack').click();
    await page.locator('#attacked[data-status]').waitFor();
    const gradient = captureGradient(model(512), (await digitsOfSite()).draw({ size: 64, seed: 1 }));
    const found = reconstruct(model(512), gradient, { methods: ['exan'] });
    assert.notEqual(found.status, 'exact');
    assert.equal(await page.locator('#attacked').getAttribute('data-status'), found.status);
    const answer = (await page.locator('#answer').textContent()) ?? '';
    assert.match(answer, /of 64/);
    assert.doesNotMatch(answer, /certificate holds/);
  });
});
