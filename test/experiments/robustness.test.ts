import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataset } from '../../src/data/dataset';
import type { AttackCasesOptions } from '../../src/experiments/attackCases';
import type { AttackUnderTest } from '../../src/experiments/attacks';
import { evaluateDefences } from '../../src/experiments/evaluateDefences';
import { disturb, robustness } from '../../src/experiments/robustness';
import { captureGradient } from '../../src/gradient/captureGradient';
import { gradientDifference, gradientNorm } from '../../src/gradient/gradientDifference';
import { mlp } from '../../src/model/mlp';
import type { Watch } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [8, 64, 3], seed: 1, init: 'he' });
const set = dataset({ name: 'uniform', classes: 3, ...uniformBatch(40, 8, 3, 5) });
const batch = set.draw({ size: 4, seed: 1 });

test('robustness: exact without noise, nothing exact with 10 % of it', async () => {
  const levels = [0, 0.1].map((level) => ({ kind: 'noise', level }) as const);
  const rows = (await robustness(model, set, levels, { size: 2, seeds: [1, 2] })).filter((r) => r.attack === 'ExAN');
  assert.deepEqual(
    rows.map((r) => r.exact.mean),
    [1, 0],
  );
});
test('robustness: the adaptive attack names the samples at noise that leaves the exact one nothing', async () => {
  const easy = mlp({ widths: [8, 256, 3], seed: 1, init: 'he' });
  const noise = [{ kind: 'noise', level: 1e-3 } as const];
  const rows = await robustness(easy, set, noise, { size: 1, seeds: [1, 2, 3] });
  assert.deepEqual(rows.map((r) => [r.attack, r.visible.mean, r.candidates]).slice(0, 2), [
    ['ExAN', 0, 0],
    ['ExAN adaptive', 1, 1],
  ]);
  assert.equal(rows[0]?.error, null);
  assert.ok((rows[1]?.error as number) < (rows[2]?.error as number), 'averaging beats the best single row');
});
test('robustness: noisy pursuit names all samples where none has exclusive neurons enough', async () => {
  const net = mlp({ widths: [48, 96, 6], seed: 2 });
  const crowd = dataset({ name: 'uniform', classes: 6, ...uniformBatch(40, 48, 6, 5) });
  const rows = await robustness(net, crowd, [{ kind: 'noise', level: 1e-6 }], { size: 12, seeds: [1, 2] });
  assert.deepEqual(
    rows.filter((r) => r.attack !== 'row ratios').map((r) => [r.attack, r.exact.mean === 1]),
    [
      ['ExAN', false],
      ['ExAN adaptive', false],
      ['pursuit adaptive', true],
    ],
  );
});
test('disturb rounds to 255 steps per array', () => {
  const plain = captureGradient(model, batch);
  const values = (g: typeof plain): number => new Set(g.gradients[0]?.weight.data).size;
  assert.ok(values(plain) > 255 && values(disturb(plain, { kind: 'int8', level: 0 }, 1)) <= 255);
});
test('disturb adds noise of the level asked for', () => {
  const plain = captureGradient(model, batch);
  const noisy = disturb(plain, { kind: 'noise', level: 0.1 }, 3);
  const relative = gradientNorm(gradientDifference(noisy.gradients, plain.gradients)) / gradientNorm(plain.gradients);
  assert.ok(Math.abs(relative - 0.1) < 0.02, `${relative}`);
  assert.deepEqual(disturb(plain, { kind: 'noise', level: 0 }, 3), plain);
});
test('robustness tells how far each attack is, up to the end', async () => {
  const heard: [number, string][] = [];
  const half = {
    name: 'half',
    run: async (_: unknown, __: unknown, ___: number, watch: Watch = {}) => void watch.onProgress?.(0.5, 'half of it'),
  };
  const levels = [0, 0.1].map((level) => ({ kind: 'noise', level }) as const);
  const onProgress = (fraction: number, note: string): void => void heard.push([fraction, note]);
  await robustness(model, set, levels, { size: 2, seeds: [1, 2], attacks: [half], onProgress });
  assert.deepEqual(
    heard.map(([fraction]) => fraction),
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((k) => k / 8),
  );
  assert.deepEqual(heard.slice(4, 6), [
    [0.5, 'noise 0.1, half'],
    [0.625, 'noise 0.1, half, half of it'],
  ]);
});
test('robustness and evaluateDefences stop an attack that runs, and have no row of it', async () => {
  for (const run of [
    (options: AttackCasesOptions) => robustness(model, set, [{ kind: 'noise', level: 0 }], options),
    (options: AttackCasesOptions) => evaluateDefences(model, set, [], { ...options, training: false }),
  ]) {
    const stop = new AbortController();
    const endless: AttackUnderTest = {
      name: 'endless',
      run: (_, __, ___, { signal } = {}) =>
        new Promise((resolve) => {
          signal?.addEventListener('abort', () => resolve(undefined));
          setTimeout(() => stop.abort(), 20);
        }),
    };
    const options = { size: 2, seeds: [1], attacks: [endless], signal: stop.signal };
    await assert.rejects(run(options), { name: 'AbortError' });
  }
});
