import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataset } from '../../src/data/dataset';
import { type Defence, defence, noDefence } from '../../src/defences/defence';
import { mapGradient } from '../../src/defences/mapGradient';
import { defendedCase, trainDefended } from '../../src/experiments/trainDefended';
import { captureGradient } from '../../src/gradient/captureGradient';
import { fromRows } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';
import { accuracy } from '../../src/model/accuracy';
import { mlp } from '../../src/model/mlp';
import { uniformBatch } from '../support/uniformBatch';

/** Points of a plane, one class on either side of the diagonal. */
function sides(size: number, seed: number) {
  const u = rng(seed);
  const points = Array.from({ length: size }, () => [u(), u()] as const);
  const labels = Int32Array.from(points, ([x, y]) => (x > y ? 1 : 0));
  return dataset({ name: 'sides', classes: 2, inputs: fromRows(points), labels });
}
const model = mlp({ widths: [2, 16, 2], seed: 1, init: 'he' });
const heldOut = sides(200, 2);
const options = { size: 20, seed: 1, heldOut, steps: 200, rate: 1 };
/** Shares a gradient of zeros: nothing is learnt. */
const silence: Defence = {
  name: 'silence',
  strength: 1,
  share: (net, batch) => mapGradient(captureGradient(net, batch), (values) => values.map(() => 0)),
};

test('trainDefended learns what is shared: two sides of a line, to 90 %, and nothing from a gradient of zeros', async () => {
  const before = accuracy(model, heldOut);
  assert.ok(before < 0.8, `${before} without training`);
  const after = await trainDefended(model, noDefence, sides(500, 1), options);
  assert.ok(after > 0.9, `${after}`);
  assert.equal(await trainDefended(model, silence, sides(500, 1), options), before);
});
test('trainDefended repeats with its seed, and stops when asked to', async () => {
  const noisy = defence.dpSgd(3, 1);
  const run = (seed: number) => trainDefended(model, noisy, sides(500, 1), { ...options, steps: 10, seed });
  assert.equal(await run(1), await run(1));
  await assert.rejects(trainDefended(model, noDefence, sides(50, 1), { ...options, signal: AbortSignal.abort() }));
});
test('defendedCase shares the gradient of the batch that the defence prepared', async () => {
  const batch = uniformBatch(2, 2, 2, 1);
  const swapped = uniformBatch(2, 2, 2, 2);
  const plain = await defendedCase(model, noDefence, batch, 1);
  assert.deepEqual(plain, { batch, shared: captureGradient(model, batch) });
  const prepared = await defendedCase(model, { name: 'swap', strength: 1, prepare: () => swapped }, batch, 1);
  assert.deepEqual(prepared, { batch: swapped, shared: captureGradient(model, swapped) });
});
