import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmed, type Readings, readingsOf } from '../../../src/baselines/judged/readings';
import { gaussian } from '../../../src/data';
import { prune } from '../../../src/defences/prune';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { row } from '../../../src/math/matrix';
import { mlp } from '../../../src/model/mlp';
import type { AveragedGradient } from '../../../src/types';

const model = mlp({ widths: [24, 96, 5], seed: 1, init: 'he' });
const batch = gaussian({ size: 4, dimension: 24, classes: 5, seed: 2 });
const gradient = captureGradient(model, batch);
const options = { seconds: 5 };
const each = (g: AveragedGradient, f: (v: number) => number): AveragedGradient => ({
  ...g,
  gradients: g.gradients.map(({ weight, bias }) => ({
    weight: { ...weight, data: weight.data.map(f) },
    ...(bias && { bias: bias.map(f) }),
  })),
});
const read = ({ readings }: Readings): number => readings.filter(confirmed).length;

test('readingsOf reads a whole batch, and leaves out what is known already', async () => {
  const all = await readingsOf(model, gradient, [], options);
  assert.deepEqual([all.samples, read(all), all.readings.length], [4, 4, 4]);
  const rest = await readingsOf(model, gradient, [row(batch.inputs, 0), row(batch.inputs, 2)], options);
  const left = rest.readings.filter(confirmed).map(({ input }) => input);
  assert.equal(left.length, 2);
  for (const m of [1, 3])
    assert.ok(left.some((x) => Math.max(...x.map((v, i) => Math.abs(v - row(batch.inputs, m)[i]))) < 1e-9));
});
test('signs and pruned entries agree by themselves: nothing is called read, and what is shown is not judged', async () => {
  for (const coarse of [each(gradient, Math.sign), prune(gradient, 0.6)]) {
    const found = await readingsOf(model, coarse, [], options);
    assert.equal(read(found), 0);
    assert.ok(found.readings.length > 0);
    assert.match(found.outcomes[1].reason, /coarse grid/);
  }
});
test('without biases nothing is tried, and the reason is said', async () => {
  const bare = mlp({ widths: [24, 96, 5], seed: 1, biases: false });
  const found = await readingsOf(bare, captureGradient(bare, batch), [], options);
  assert.deepEqual([found.readings.length, found.outcomes.every((o) => !o.ran)], [0, true]);
  assert.match(found.outcomes[0].reason, /layer 0 has no biases/);
});
test('an abort ends it, with the rows that need no search', async () => {
  const found = await readingsOf(model, gradient, [], { ...options, signal: AbortSignal.abort() });
  assert.equal(found.outcomes.find((o) => o.attack === 'row ratios')?.ran, true);
});
