import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epsilon } from '../../src/defences/accountant';

test('epsilon of Abadi et al. 2016: q = 0.01, sigma = 4, 10000 steps, delta = 1e-5 gives 1.26', () => {
  const { epsilon: e } = epsilon({ sampling: 0.01, noise: 4, steps: 10000, conversion: 'classic' });
  assert.equal(e.toFixed(2), '1.26');
});
test('epsilon of the TensorFlow Privacy tutorial: 256/60000, 1.12, 14063 steps gives 2.92 at order 9', () => {
  const found = epsilon({ sampling: 256 / 60000, noise: 1.12, steps: 14063, conversion: 'classic' });
  assert.deepEqual([found.epsilon.toFixed(2), found.order], ['2.92', 9]);
});
test('epsilon of the Opacus script: the same run over the orders 10, 20, 100 gives 2.95 up to its counting of steps', () => {
  const { epsilon: e } = epsilon({
    sampling: 256 / 60000,
    noise: 1.12,
    steps: 14100,
    orders: [10, 20, 100],
    conversion: 'classic',
  });
  assert.ok(Math.abs(e - 2.95) < 0.01, `${e}`);
});
test('without sampling one step is the Gaussian mechanism: order / (2 sigma^2)', () => {
  const { epsilon: e } = epsilon({ sampling: 1, noise: 2, steps: 3, orders: [8], conversion: 'classic', delta: 1e-6 });
  assert.ok(Math.abs(e - (3 * (8 / 8) + Math.log(1e6) / 7)) < 1e-12);
});
test('epsilon is infinite without noise and zero without steps', () => {
  assert.equal(epsilon({ sampling: 0.1, noise: 0, steps: 1 }).epsilon, Number.POSITIVE_INFINITY);
  assert.equal(epsilon({ sampling: 0.1, noise: 1, steps: 0 }).epsilon, 0);
});
test('the improved conversion never costs more than the classic one', () => {
  for (const noise of [0.7, 1, 4]) {
    const of = (conversion: 'classic' | 'improved') =>
      epsilon({ sampling: 0.01, noise, steps: 1000, conversion }).epsilon;
    assert.ok(of('improved') <= of('classic'));
  }
});
test('epsilon names the option that is out of range', () => {
  assert.throws(() => epsilon({ sampling: 2, noise: 1, steps: 1 }), /epsilon: sampling is 2, expected a probability/);
  assert.throws(() => epsilon({ sampling: 0.1, noise: 1, steps: 1, orders: [1.5] }), /integers of at least 2/);
});
