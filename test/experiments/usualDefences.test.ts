import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian, mnist } from '../../src/data';
import { defencePoints } from '../../src/experiments/defenceTrial';
import { usualDefences } from '../../src/experiments/usualDefences';

test('each of the usual defences is told from the others by name and strength, as a trial names it', async () => {
  for (const set of [await mnist(), gaussian({ size: 40, dimension: 6, classes: 3, seed: 1 })]) {
    const names = usualDefences(set).map(({ name, strength }) => `${name} ${strength}`);
    assert.equal(new Set(names).size, names.length, `${names}`);
    const points = defencePoints(set, { widths: [6, 8, 3], network: 1, size: 2, steps: 0 }, [1, 2]);
    assert.equal(points.length, 2 * (1 + names.length));
  }
});
test('a batch of more than half of the samples is refused before anything runs', () => {
  const set = gaussian({ size: 10, dimension: 6, classes: 3, seed: 1 });
  const common = { widths: [6, 8, 3], network: 1, size: 6, steps: 0 };
  assert.throws(() => defencePoints(set, common, [1]), /defences: size is 6, expected at most half of the 10 samples/);
});
