import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmed, type Readings, readingsOf } from '../../../src/baselines/judged/readings';
import { gaussian } from '../../../src/data';
import { prune } from '../../../src/defences/prune';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { fromRows, row } from '../../../src/math/matrix';
import { mlp } from '../../../src/model/mlp';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import type { AveragedGradient } from '../../../src/types';
import { score } from '../../../src/verification/certificate/score';

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
test('samples of unequal weights: what pattern pursuit found and cannot prove is read, all of it, and dictionary learning is left out', async () => {
  const wide = mlp({ widths: [24, 160, 5], seed: 3, init: 'he' });
  const many = gaussian({ size: 12, dimension: 24, classes: 5, seed: 4 });
  const parts = Array.from({ length: 12 }, (_, m) => {
    const inputs = fromRows([row(many.inputs, m)]);
    return captureGradient(wide, { inputs, labels: Int32Array.of(many.labels[m]) }).gradients;
  });
  const weighed = (of: (m: number) => Float64Array): Float64Array =>
    of(0).map((_, k) => parts.reduce((sum, _part, m) => sum + (of(m)[k] * Math.exp(Math.sin(m))) / 12, 0));
  const uneven: AveragedGradient = {
    reduction: 'mean',
    precision: 'float64',
    gradients: parts[0].map(({ weight, bias }, i) => ({
      weight: { ...weight, data: weighed((m) => parts[m][i].weight.data) },
      ...(bias && { bias: weighed((m) => parts[m][i].bias ?? bias) }),
    })),
  };
  const answer = reconstruct(wide, uneven, { methods: ['pursuit'] });
  assert.equal(answer.status, 'partial', answer.reason);
  assert.match(answer.reason, /12 columns were found, but their replay misses/);
  const found = await readingsOf(wide, uneven, [], { ...options, unproven: answer.unproven });
  assert.deepEqual([read(found), found.readings.length], [12, 12]);
  assert.ok(found.readings.every((r) => r.attack === 'pursued columns'));
  const result = score(
    { inputs: fromRows(found.readings.map((r) => r.input)), labels: answer.unproven?.labels ?? many.labels },
    many,
  );
  assert.ok(result.mse.max < 1e-18, `${result.mse.max}`);
  assert.equal(found.outcomes.find((o) => o.attack === 'dictionary learning')?.ran, false);
});
