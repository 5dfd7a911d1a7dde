import assert from 'node:assert/strict';
import test from 'node:test';
import * as data from '../../src/data';
import { captureGradient } from '../../src/gradient/captureGradient';
import { mlp } from '../../src/model/mlp';
import { reconstruct } from '../../src/reconstruction/reconstruct';
import { reconstructAsync } from '../../src/reconstruction/reconstructAsync';
import type { Reconstruction } from '../../src/reconstruction/result';
import { hasThreads } from '../../src/reconstruction/workers';
import type { AveragedGradient, Batch } from '../../src/types';

const model = mlp({ widths: [784, 512, 10], seed: 3 });
const shared = async (size: number, seed = 3): Promise<{ secret: Batch; gradient: AveragedGradient }> => {
  const secret = (await data.mnist()).draw({ size, seed });
  return { secret, gradient: captureGradient(model, secret) };
};
const answer = ({ seconds: _, ...rest }: Reconstruction): unknown => rest;

const count = (labels: readonly number[], y: number): number => labels.filter((label) => label === y).length;

test('reconstructAsync gives the answer of reconstruct, bit by bit, for 1, 2 and 3 workers', async () => {
  const { gradient } = await shared(48);
  const here = reconstruct(model, gradient, { seed: 5 });
  assert.equal(here.status, 'exact');
  assert.ok(here.samples.some((s) => s.how === 'pursuit'));
  for (const workers of [1, 2, 3])
    assert.deepEqual(answer(await reconstructAsync(model, gradient, { seed: 5, workers })), answer(here));
});

test('where there are no threads, as under Deno, reconstructAsync gives the same answer from this one, and is stopped by time and signal', async () => {
  const { gradient } = await shared(48);
  const large = (await shared(192)).gradient;
  const expected = answer(reconstruct(model, gradient, { seed: 5 }));
  const globals = globalThis as { Deno?: object };
  globals.Deno = {};
  try {
    assert.equal(hasThreads(), false);
    assert.deepEqual(answer(await reconstructAsync(model, gradient, { seed: 5, workers: 2 })), expected);
    const stopped = await reconstructAsync(model, large, { signal: AbortSignal.timeout(800) });
    assert.match(stopped.reason, /it was stopped/);
    assert.match((await reconstructAsync(model, large, { seconds: 0.5 })).reason, /time was up/);
  } finally {
    delete globals.Deno;
  }
  assert.equal(hasThreads(), true);
});

test('reconstructAsync leaves the thread free, and hands over what it has when it is stopped', async () => {
  const { secret, gradient } = await shared(128);
  const stop = new AbortController();
  let ticks = 0;
  const clock = setInterval(() => ticks++, 5);
  let located = 0;
  const found = await reconstructAsync(model, gradient, {
    methods: ['pursuit'],
    signal: stop.signal,
    onProgress(fraction) {
      located = fraction;
      if (fraction > 0.2) stop.abort();
    },
  });
  clearInterval(clock);
  assert.equal(found.status, 'partial');
  const labels = found.samples.map((s) => s.label).filter((label) => label !== undefined);
  assert.ok(labels.length >= 0.2 * 128, `${labels.length} labels`);
  for (let y = 0; y < 10; y++)
    assert.ok(count(labels, y) <= count([...secret.labels], y), `label ${y} more often than in the batch`);
  assert.ok(located > 0.2 && located < 1, `${located}`);
  assert.match(found.reason, /of 128 columns found, then it was stopped/);
  assert.ok(ticks > 0, 'no timer ran while it searched');
});

test('an abort reaches reconstructAsync from outside, in the middle of a round', async () => {
  const { gradient } = await shared(192);
  const found = await reconstructAsync(model, gradient, { signal: AbortSignal.timeout(1500) });
  assert.match(found.reason, /it was stopped/);
});

test('an abort reaches the search for exclusive neurons too, and a time limit does', async () => {
  const { gradient } = await shared(64);
  const stopped = await reconstructAsync(model, gradient, { methods: ['exan'], signal: AbortSignal.timeout(50) });
  assert.match(stopped.reason, /it was stopped/);
  assert.match(reconstruct(model, gradient, { methods: ['exan'], seconds: 0.05 }).reason, /time was up/);
});

test('reconstructAsync names a bad number of workers', async () => {
  const { gradient } = await shared(2);
  await assert.rejects(reconstructAsync(model, gradient, { workers: 0 }), /workers is 0, expected a positive integer/);
});

test('a search that finds nothing new gives up long before its time, and says so', () => {
  const small = mlp({ widths: [784, 48, 10], seed: 1 });
  const inputs = { rows: 36, columns: 784, data: Float64Array.from({ length: 36 * 784 }, (_, i) => Math.sin(i * i)) };
  const gradient = captureGradient(small, { inputs, labels: Int32Array.from({ length: 36 }, (_, m) => m % 10) });
  const found = reconstruct(small, gradient, { methods: ['pursuit'], seconds: 600, patience: 500 });
  assert.notEqual(found.status, 'exact');
  assert.match(found.reason, /starts in a row found nothing new/);
});
