import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataset } from '../../src/data/dataset';
import { clipUpdate } from '../../src/defences/clipUpdate';
import { defence } from '../../src/defences/defence';
import { mapGradient } from '../../src/defences/mapGradient';
import { mapUpdate } from '../../src/defences/mapUpdate';
import { evaluateDefences } from '../../src/experiments/evaluateDefences';
import { federatedDefences } from '../../src/experiments/federatedDefences';
import { gradientDifference } from '../../src/gradient/gradientDifference';
import { localUpdate } from '../../src/gradient/localUpdate';
import { dot, norm } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import { reconstructUpdate } from '../../src/reconstruction/reconstructUpdate';
import { recovered } from '../../src/reconstruction/result';
import type { Mlp, ModelUpdate } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

const set = dataset({ name: 'uniform', classes: 6, ...uniformBatch(400, 48, 6, 5) });
const network = (seed: number): Mlp => mlp({ widths: [48, 128, 6], seed });
const options = { size: 4, seeds: [1, 2], seconds: 3 };

test('federatedDefences: an undefended update is exact; of several clients, momentum, clipping and masks all samples are read, none called exact', async () => {
  const tried = [
    defence.secureAggregation(2, set),
    defence.serverMomentum(0.9, set),
    defence.clipUpdate(0, 0.2),
    defence.maskFirstLayer(0.2),
  ];
  const rows = await federatedDefences(network, set, tried, options);
  assert.equal(rows.length, 2 * 5);
  for (const { defence: name, samples, exact, false: wrong, recovered, status, reason } of rows) {
    const what = `${name}: ${status}, ${reason}`;
    assert.deepEqual([exact, wrong], [name === 'none' ? 4 : 0, 0], what);
    assert.deepEqual([samples, recovered], name === 'secure aggregation' ? [8, 8] : [4, 4], what);
  }
});
test('federatedDefences: compression and noise leave nothing exact, and what rows still show is counted', async () => {
  const tried = [
    ...(['fp16', 'int8', 'sign'] as const).map(defence.quantise),
    defence.prune(0.9),
    defence.clipUpdate(1e-3, 0.5),
  ];
  const rows = (await federatedDefences(network, set, tried, options)).filter((r) => r.defence !== 'none');
  assert.equal(rows.length, 2 * tried.length);
  for (const { defence: name, exact, false: wrong } of rows) assert.deepEqual([exact, wrong], [0, 0], name);
  const seen = (name: string): number => rows.filter((r) => r.defence === name).reduce((sum, r) => sum + r.visible, 0);
  assert.deepEqual([seen('quantise fp16'), seen('quantise sign')], [8, 0]);
});
test('the factor of a clipped update follows from its own estimates, and with it they are proven', () => {
  const secret = set.draw({ size: 4, seed: 1 });
  const training = { rate: 0.1, epochs: 5 };
  const plain = localUpdate(network(1), secret, training);
  const clipped = clipUpdate(plain, { clip: 0.2 });
  const estimates = reconstructUpdate(clipped, { seconds: 3 });
  assert.ok(estimates.samples.every(({ status }) => status === 'estimate'));
  const flat = ({ before, after }: ModelUpdate): Float64Array =>
    Float64Array.from(
      gradientDifference(after.dense, before.dense).flatMap(({ weight, bias }) => [...weight.data, ...bias!]),
    );
  const replayed = flat(localUpdate(network(1), recovered(estimates), training));
  const factor = dot(replayed, flat(clipped)) / dot(replayed, replayed);
  assert.ok(Math.abs(factor * norm(flat(plain)) - 0.2) < 1e-9);
  const whole = mapUpdate(clipped, (moved) => mapGradient(moved, (values) => values.map((v) => v / factor)));
  assert.equal(reconstructUpdate(whole, { seconds: 20 }).status, 'exact');
});
test('one step of several clients is the gradient of all of their samples, which come out exactly', async () => {
  const [, both] = await federatedDefences(network, set, [defence.secureAggregation(2, set)], {
    ...options,
    ...{ seeds: [1], training: { rate: 0.1, epochs: 1 } },
  });
  assert.deepEqual([both?.status, both?.exact, both?.samples], ['exact', 8, 8]);
});
test('federatedDefences stops when asked to, and hands over the rows so far', async () => {
  const stop = new AbortController();
  const onProgress = (fraction: number, note: string): void => {
    assert.ok(0 <= fraction && fraction <= 1);
    if (note.startsWith('quantise int8 1, seed 1')) stop.abort();
  };
  const rows = await federatedDefences(network, set, [defence.quantise('int8')], {
    ...{ ...options, signal: stop.signal, onProgress },
  });
  assert.deepEqual(
    rows.map((r) => [r.defence, r.seed]),
    [
      ['none', 1],
      ['none', 2],
    ],
  );
});
test('defences of gradients alone are refused for updates, those of updates for gradients, by name', async () => {
  const fails = (tried: Parameters<typeof federatedDefences>[2], over: object, message: RegExp) =>
    assert.rejects(federatedDefences(network, set, tried, { ...options, ...over }), { name: 'InputError', message });
  await fails([defence.dropout(0.5)], { seeds: [1] }, /dropout changes gradients, expected a defence of updates/);
  await fails([], { size: 0 }, /size is 0, expected an integer in 1\.\.400/);
  await fails([], { seeds: [] }, /no seeds/);
  await fails([], { seconds: 0 }, /seconds is 0, expected a positive number/);
  await assert.rejects(
    evaluateDefences(network(1), set, [defence.clipUpdate(0, 1)], { seeds: [1], training: false, attacks: [] }),
    /clip update to 1 changes updates of several local steps, expected a defence of gradients; see federatedDefences/,
  );
});
