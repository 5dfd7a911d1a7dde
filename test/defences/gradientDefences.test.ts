import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dpSgd } from '../../src/defences/dpSgd';
import { dropout } from '../../src/defences/dropout';
import { enlargeBatch } from '../../src/defences/enlargeBatch';
import { maskExclusiveRows } from '../../src/defences/maskExclusiveRows';
import { maskFirstLayer } from '../../src/defences/maskFirstLayer';
import { prune } from '../../src/defences/prune';
import { quantise } from '../../src/defences/quantise';
import { exclusivityState } from '../../src/exclusivity/exclusivityState';
import { captureGradient } from '../../src/gradient/captureGradient';
import { flattenGradient, gradientDifference, gradientNorm } from '../../src/gradient/gradientDifference';
import { fromRows, row } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import type { AffineLayer, AveragedGradient, Batch } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [6, 12, 8, 3], seed: 1 });
const batch = uniformBatch(4, 6, 3, 1);
const plain = captureGradient(model, batch);
const oneSample = (m: number): Batch => ({
  inputs: fromRows([row(batch.inputs, m)]),
  labels: batch.labels.slice(m, m + 1),
});
const flat = ({ gradients }: AveragedGradient) => flattenGradient(gradients);

test('every defence on the gradient is a no-op at strength 0', () => {
  const pool = uniformBatch(3, 6, 3, 9);
  for (const [name, shared] of [
    ['prune', prune(plain, 0)],
    ['quantise', quantise(plain, 'none')],
    ['maskFirstLayer', maskFirstLayer(plain, 0)],
    ['maskExclusiveRows', maskExclusiveRows(model, batch, plain, 0)],
    ['dpSgd', dpSgd(model, batch)],
    ['dropout', dropout(model, batch, 0)],
    ['enlargeBatch', captureGradient(model, enlargeBatch(batch, pool, 0))],
  ] as const)
    assert.deepEqual(shared, plain, name);
});
test('dpSgd with a clip that no sample reaches is the averaged gradient', () => {
  const rest = gradientDifference(dpSgd(model, batch, { clip: 1e6 }).gradients, plain.gradients);
  assert.ok(gradientNorm(rest) < 1e-15);
});
test('dpSgd clips the gradient of every sample to norm C', () => {
  for (let m = 0; m < 4; m++) {
    const clip = 0.5 * gradientNorm(captureGradient(model, oneSample(m)).gradients);
    const clipped = gradientNorm(dpSgd(model, oneSample(m), { clip }).gradients);
    assert.ok(Math.abs(clipped - clip) < 1e-12 * clip, `sample ${m}: ${clipped}, expected ${clip}`);
  }
});
test('dpSgd adds noise of deviation sigma C / M, equal for equal seeds', () => {
  const [clip, noise] = [0.1, 20];
  const quiet = flat(dpSgd(model, batch, { clip }));
  const loud = flat(dpSgd(model, batch, { clip, noise, seed: 4 }));
  const deviation = Math.sqrt(loud.reduce((sum, v, k) => sum + (v - quiet[k]!) ** 2, 0) / loud.length);
  assert.ok(Math.abs(deviation - (noise * clip) / 4) < 0.1 * ((noise * clip) / 4), `${deviation}`);
  assert.deepEqual(flat(dpSgd(model, batch, { clip, noise, seed: 4 })), loud);
});
test('prune keeps the largest entries of each array and zeroes the rest', () => {
  const [only] = prune({ ...plain, gradients: [{ weight: fromRows([[3, -4, 1, -2]]) }] }, 0.5).gradients;
  assert.deepEqual([...only!.weight.data], [3, -4, 0, 0]);
});
test('quantise rounds to 255 steps, to signs and to half precision', () => {
  const g: AveragedGradient = { ...plain, gradients: [{ weight: fromRows([[1.27, -0.006, 0.004, 0]]) }] };
  const of = (to: 'int8' | 'sign') => [...quantise(g, to).gradients[0]!.weight.data];
  assert.deepEqual(
    of('int8').map((v) => Math.round(v * 100)),
    [127, -1, 0, 0],
  );
  assert.deepEqual(
    of('sign').map((v) => Math.round(v * 1e4) / 1e4),
    [0.32, -0.32, 0.32, 0],
  );
});
test('maskFirstLayer withholds the share of rows that it is told to, weights and bias', () => {
  const { weight, bias } = maskFirstLayer(plain, 1).gradients[0]!;
  assert.ok([...weight.data, ...bias!].every((v) => v === 0));
  const half = maskFirstLayer(plain, 0.5, 3).gradients[0]!;
  const live = ({ weight: w }: AffineLayer) => [...Array(12).keys()].filter((j) => row(w, j).some((v) => v !== 0));
  // eleven neurons fire; six of the twelve are withheld, the silent one (10) among them
  assert.deepEqual([live(plain.gradients[0]!).length, live(half).length], [11, 6]);
  for (const j of live(half)) assert.deepEqual(row(half.weight, j), row(plain.gradients[0]!.weight, j));
  assert.deepEqual(maskFirstLayer(plain, 1).gradients.slice(1), plain.gradients.slice(1));
});
test('maskExclusiveRows withholds rows and columns of exclusive neurons, and no others', () => {
  const { exans } = exclusivityState(model, batch);
  const exclusive = new Set(exans[0]!.flat());
  assert.ok(exclusive.size > 0);
  const masked = maskExclusiveRows(model, batch, plain);
  for (let j = 0; j < 12; j++) {
    const own = [...row(masked.gradients[0]!.weight, j), masked.gradients[0]!.bias![j]!];
    const was = [...row(plain.gradients[0]!.weight, j), plain.gradients[0]!.bias![j]!];
    assert.deepEqual(own, exclusive.has(j) ? own.map(() => 0) : was);
    const above = masked.gradients[1]!.weight;
    if (exclusive.has(j)) for (let c = 0; c < 8; c++) assert.equal(above.data[c * 12 + j], 0);
  }
});
test('dropout silences neurons: their rows and columns vanish together', () => {
  const { gradients } = dropout(model, batch, 0.5, 2);
  const silent = [...Array(12).keys()].filter((j) =>
    [...Array(8).keys()].every((c) => gradients[1]!.weight.data[c * 12 + j] === 0),
  );
  assert.ok(silent.length >= 3 && silent.length <= 11);
  for (const j of silent) assert.ok(row(gradients[0]!.weight, j).every((v) => v === 0));
});
test('enlargeBatch appends distinct samples of the pool', () => {
  const pool = uniformBatch(3, 6, 3, 9);
  const more = enlargeBatch(batch, pool, 3);
  assert.deepEqual(more.inputs.data.slice(0, 24), batch.inputs.data);
  const samples = ({ inputs, labels }: Batch): string[] => [...labels].map((y, m) => `${row(inputs, m)}: ${y}`);
  assert.deepEqual(samples(more).slice(4).sort(), samples(pool).sort());
});
test('defences name the argument that is out of range', () => {
  assert.throws(() => prune(plain, 1), /prune: fraction is 1, expected a number in \[0, 1\)/);
  assert.throws(() => prune(plain, Number.NaN), /fraction is NaN/);
  assert.throws(() => quantise(plain, 'int4' as 'int8'), /quantise: to is int4/);
  assert.throws(() => dpSgd(model, batch, { noise: 1 }), /noise needs a finite clip/);
  assert.throws(() => dropout(model, batch, 1), /rate is 1/);
  assert.throws(() => enlargeBatch(batch, batch, 5), /extra is 5, expected an integer in 0..4/);
});
