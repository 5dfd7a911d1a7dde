import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localUpdate, miniBatches } from '../../../src/gradient/localUpdate';
import { matrix } from '../../../src/math/matrix';
import { mlp } from '../../../src/model/mlp';
import { firstStep } from '../../../src/reconstruction/updates/firstStep';
import { fitRate, shortRates } from '../../../src/reconstruction/updates/fitRate';
import { localReplay } from '../../../src/reconstruction/updates/localReplay';
import type { ShownDeltas } from '../../../src/reconstruction/updates/shownDeltas';
import type { LocalTraining } from '../../../src/types';
import { randomBatch } from '../../support/random';

const model = mlp({ widths: [20, 96, 5], seed: 1 });
const batch = { ...randomBatch(6, 20, 5, 1), errors: new Float64Array(6) };

/** What exact columns would show of a training, in which the samples' deltas are known to 1e-14. */
function shownOf(training: LocalTraining): { shown: ShownDeltas; parts: number[][] } {
  const parts = miniBatches(6, training, 3);
  const { start, step, deltas } = localReplay(model, batch, training, parts.length);
  const { summed } = parts.reduce(step, start);
  const moved = matrix(
    6,
    96,
    summed.data.map((v) => training.rate * v),
  );
  const shown: ShownDeltas = {
    before: model,
    after: localUpdate(model, batch, { ...training, seed: 3 }).after,
    batch,
    condition: 1,
    moved,
    tolerance: new Float64Array(6).fill(1e-14),
    first: deltas(start, [0, 1, 2, 3, 4, 5]).hidden,
    weights: new Float64Array(6).fill((training.rate * training.epochs) / (training.batchSize ?? 6)),
  };
  return { shown, parts };
}

for (const momentum of [0, 0.9])
  test(`the rate of four epochs of mini-batches comes back from a guess that is 20 % off, momentum ${momentum}`, () => {
    const { shown, parts } = shownOf({ rate: 0.0312, epochs: 4, batchSize: 2, momentum });
    const { rate, error, misfit } = fitRate(shown, parts, { rate: 0.025, momentum });
    assert.ok(Math.abs(rate / 0.0312 - 1) < 1e-12 && error < 1e-12 && misfit < 1, `${rate} ${error} ${misfit}`);
  });

test('with a step too many or too few no rate fits', () => {
  const { shown, parts } = shownOf({ rate: 0.1, epochs: 5 });
  for (const other of [parts.slice(1), [...parts, parts[0] as number[]]])
    assert.ok(fitRate(shown, other, { rate: 0.1 }).misfit > 1e6);
});

test('the first step shows the rate over the size of its mini-batch, and who was in it', () => {
  const training = { rate: 0.1, epochs: 1, batchSize: 3 };
  const { shown } = shownOf(training);
  const [seen] = firstStep(shown, 1);
  assert.ok(seen && Math.abs(seen.each / (0.1 / 3) - 1) < 1e-10);
  assert.equal(seen.samples, 3);
});

test('short decimals near a fitted rate are tried, the shortest first, and none beyond its error', () => {
  assert.deepEqual(shortRates({ rate: 0.0500001, error: 1e-7 }), [0.05]);
  assert.deepEqual(shortRates({ rate: 0.0312, error: 1e-10 }), [0.0312]);
  assert.deepEqual(shortRates({ rate: 0.0500001, error: 1e-12 }), []);
});
