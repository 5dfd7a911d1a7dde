import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetOf } from '../../src/baselines/budget';
import type { Point } from '../../src/baselines/optimiser';
import { type SearchPlan, search } from '../../src/baselines/search';

/** A search in which iteration k of start n has the loss f(n, k). */
function planOf(f: (start: number, iteration: number) => number, more: Partial<SearchPlan<Point>>): SearchPlan<Point> {
  const at = (start: number, k: number): Point => ({
    x: Float64Array.of(start, k),
    loss: f(start, k),
    slope: new Float64Array(2),
  });
  return {
    ...{ attack: 'test', entries: 2, iterations: 50, starts: 3, enough: 0 },
    begin: (start) => at(start, 0),
    advance(memory) {
      const [start, k] = memory.x as unknown as [number, number];
      Object.assign(memory, at(start, k + 1));
      return 'iteration';
    },
    ...more,
  };
}
const run = (plan: SearchPlan<Point>) => search(plan, budgetOf('test', {}));

test('search keeps the guess of least loss over all starts, wherever on the way it stood', async () => {
  const { state, ended } = await run(planOf((start, k) => 1 + Math.abs(k - 20) + Math.abs(start - 1), {}));
  assert.deepEqual([...state.best!.x], [1, 20]);
  assert.deepEqual([state.best!.loss, state.start, state.iteration, ended], [1, 2, 50, 'iterations']);
});
test('search ends a start at a loss that is enough, and all starts at one that contents it', async () => {
  const falling = planOf((_, k) => 10 - k, { enough: 3 });
  assert.deepEqual([(await run(falling)).ended, (await run(falling)).state.iteration], ['converged', 7]);
  const { state } = await run(planOf((start, k) => (start === 0 ? 9 : 5) + 1 / (k + 1), { content: 6 }));
  assert.deepEqual([state.start, state.iteration], [1, 50]);
});
test('search gives up a start that is no number, or that does not fall as long as its patience lasts', async () => {
  const broken = await run(planOf((start, k) => (start < 2 && k > 4 ? Number.NaN : 8), {}));
  assert.deepEqual([broken.state.start, broken.state.best!.loss, broken.ended], [2, 8, 'iterations']);
  // by 5 % an iteration is too slow for a tenth in two, by 6 % is not
  const ends = async (factor: number): Promise<readonly unknown[]> => {
    const { state, ended } = await run(planOf((_, k) => factor ** k, { starts: 1, patience: 2 }));
    return [state.iteration, ended];
  };
  assert.deepEqual(await ends(0.95), [2, 'diverged']);
  assert.deepEqual(await ends(0.94), [50, 'iterations']);
  // the low losses of a start that broke off are not held against the next one
  const next = await run(planOf((start, k) => (start === 0 ? [1, Number.NaN][k]! : 100 * 0.94 ** k), { patience: 3 }));
  assert.deepEqual([next.state.start, next.state.iteration], [2, 50]);
});
test('search notes at most 300 losses of a start, the first and the last among them', async () => {
  const { history } = (await run(planOf((_, k) => 5000 - k, { iterations: 4321, starts: 1 }))).state;
  assert.ok(history.length <= 302);
  assert.deepEqual([history[0]!.iteration, history.at(-1)!.iteration], [0, 4321]);
});
test('search shows its best guess now and then, each once', async () => {
  const shown: number[] = [];
  const slow = (_: number, k: number): number => {
    for (const start = performance.now(); performance.now() - start < 10; );
    return k < 30 ? 50 - k : 99;
  };
  const { state } = await run(planOf(slow, { starts: 1, onBest: (x) => shown.push(x[1]!) }));
  assert.ok(shown.length > 0);
  assert.deepEqual(
    shown,
    [...new Set(shown)].sort((a, b) => a - b),
  );
  assert.equal(state.best!.x[1], 29);
});
