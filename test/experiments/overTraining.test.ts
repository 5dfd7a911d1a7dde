import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataset } from '../../src/data/dataset';
import { overTraining } from '../../src/experiments/overTraining';
import { fromRows } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import { accuracy } from '../../src/model/accuracy';
import { mlp } from '../../src/model/mlp';

/** Three classes around centres far apart: a network learns them to the last sample. */
function clusters(count: number) {
  const u = rng(4);
  const labels = Int32Array.from({ length: count }, (_, m) => m % 3);
  const points = Array.from(labels, (y) => Array.from({ length: 12 }, (_, d) => (d % 3 === y ? 2 : 0) + normal(u)));
  return dataset({ name: 'clusters', classes: 3, inputs: fromRows(points), labels });
}
const set = clusters(200);
const model = mlp({ widths: [12, 96, 3], seed: 1 });
const options = { size: 2, seeds: [1, 2, 3], batchSize: 16 };

test('overTraining: accuracy rises, confidence with it; float64 gives every sample, nothing exact is wrong', async () => {
  const rows = await overTraining(model, set, [0, 10, 100], options);
  assert.equal(rows.length, 3 * 4);
  assert.deepEqual(
    rows.slice(0, 4).map((r) => [r.steps, r.precision]),
    ['float64', 'float32', 'rounded', 'fp16'].map((precision) => [0, precision]),
  );
  for (const r of rows) {
    assert.equal(r.false, 0, `${r.steps} ${r.precision}`);
    assert.equal(
      Object.values(r.statuses).reduce((a, b) => a + b, 0),
      r.batches,
    );
    assert.ok(r.exact.mean * 3 - r.statuses.exact < 1e-12 && r.statuses.inconsistent === 0);
  }
  const exact = rows.filter((r) => r.precision === 'float64');
  assert.deepEqual(
    exact.map((r) => [r.recovered.mean, r.beyond]),
    [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
  );
  assert.ok((exact[0]?.accuracy as number) < 0.8 && (exact[2]?.accuracy as number) > 0.95);
  assert.ok((exact[0]?.smallestLoss as number) > 10 * (exact[2]?.smallestLoss as number));
});
test('overTraining: rounding to fp16 makes error bars a thousand times as long, and nothing exact', async () => {
  const wide = mlp({ widths: [12, 512, 3], seed: 1 });
  const rows = await overTraining(wide, set, [0], { size: 1, seeds: [1, 2, 3], precisions: ['float32', 'fp16'] });
  const [single, half] = rows;
  // a single sample may be the mean of two that this network does not tell apart
  const { exact = 0, approximate = 0 } = single?.statuses ?? {};
  assert.deepEqual([exact + approximate, half?.statuses.exact], [3, 0]);
  assert.ok((half?.bar as number) > 1e3 * (single?.bar as number));
  assert.equal(half?.within.mean, 1);
});
test('overTraining: the network at 0 steps is the one given, and training goes on from there, not anew', async () => {
  const few = { ...options, seeds: [1], precisions: ['float64'] as const, heldOut: 50 };
  const rows = await overTraining(model, set, [0, 5, 20], few);
  const alone = await overTraining(model, set, [20], few);
  const timeless = ({ seconds: _, ...row }: (typeof rows)[number]) => row;
  assert.deepEqual(timeless(rows[2] as (typeof rows)[number]), timeless(alone[0] as (typeof rows)[number]));
  assert.ok(Math.abs((rows[0]?.accuracy as number) - accuracy(model, set)) < 0.2);
});
test('overTraining stops in training and between attacks, and says how far it is', async () => {
  const told: number[] = [];
  for (const last of [0.2, 0.7]) {
    const stop = new AbortController();
    const onProgress = (fraction: number): void => {
      told.push(fraction);
      if (fraction >= last) stop.abort();
    };
    await assert.rejects(overTraining(model, set, [0, 10], { ...options, signal: stop.signal, onProgress }), {
      name: 'AbortError',
    });
    assert.ok((told.at(-1) as number) < last + 0.1, `${told.at(-1)}`);
  }
  assert.ok(told.every((f) => 0 <= f && f < 1));
});
test('overTraining names what is out of range', async () => {
  const fails = (steps: number[], over: object, message: RegExp) =>
    assert.rejects(overTraining(model, set, steps, { ...options, ...over }), message);
  await fails([], {}, /steps are \[\], expected whole numbers from 0 on, ascending/);
  await fails([10, 5], {}, /steps are \[10,5\]/);
  await fails([0], { seeds: [] }, /0 seeds and 4 precisions/);
  await fails([0], { precisions: ['fp8'] }, /precision is fp8, expected one of float64, float32, rounded, fp16/);
  await fails([0], { heldOut: 200 }, /heldOut is 200, expected an integer in 1\.\.199/);
  await fails([0], { heldOut: 1 }, /size is 2, expected at most 1/);
  await fails([50], { rate: 1e200 }, /training diverged at step \d+ of 50 with rate 1e\+200; try a smaller rate/);
});
