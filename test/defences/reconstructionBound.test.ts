import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconstructionBound } from '../../src/defences';
import { normal, rng } from '../../src/math/rng';

// scipy: norm.cdf(norm.ppf(prior) + sqrt(steps) / noise)
for (const [prior, noise, steps, bound] of [
  [1e-3, 1, 1, 0.01829846840565661],
  [1e-10, 0.5, 1, 6.463388774697507e-6],
  [0.1, 10, 1, 0.11869184069560695],
  [0.5, 1, 4, 0.9772498680518208],
] as const)
  test(`reconstructionBound at prior ${prior}, noise ${noise}, ${steps} steps is SciPy's`, () => {
    const own = reconstructionBound({ prior, noise, steps });
    assert.ok(Math.abs(own - bound) < 1e-11 * bound, `${own}`);
  });

test('the best attacker there is reaches the bound between two candidates, and stays below it among more', () => {
  const [noise, games] = [0.8, 40_000];
  const uniform = rng(1);
  // clipped gradients of norm 1: candidates on one line, then on axes of their own; the likeliest one is guessed
  for (const candidates of [2, 3, 10]) {
    const means = Array.from({ length: candidates }, (_, k) =>
      candidates === 2 ? [k === 0 ? 1 : -1] : Array.from({ length: candidates }, (_, c) => (c === k ? 1 : 0)),
    );
    let won = 0;
    for (let game = 0; game < games; game++) {
      const truth = Math.floor(uniform() * candidates);
      const seen = means[truth]!.map((m) => m + noise * normal(uniform));
      const scores = means.map((mean) => mean.reduce((sum, m, c) => sum + m * seen[c]!, 0));
      if (scores.indexOf(Math.max(...scores)) === truth) won++;
    }
    const bound = reconstructionBound({ noise, prior: 1 / candidates });
    const deviation = Math.sqrt((bound * (1 - bound)) / games);
    assert.ok(won / games < bound + 4 * deviation, `${candidates}: ${won / games} over ${bound}`);
    if (candidates === 2) assert.ok(won / games > bound - 4 * deviation, `${won / games} below ${bound}`);
  }
});

test('no noise bounds nothing, nothing shared adds nothing, and what is out of range is refused', () => {
  assert.deepEqual(
    [
      reconstructionBound({ noise: 0, prior: 0.1 }),
      reconstructionBound({ noise: 1, prior: 0.1, steps: 0 }),
      reconstructionBound({ noise: Number.POSITIVE_INFINITY, prior: 0.1 }).toFixed(12),
    ],
    [1, 0.1, (0.1).toFixed(12)],
  );
  assert.throws(() => reconstructionBound({ noise: -1, prior: 0.1 }), /noise is -1, expected a number >= 0/);
  assert.throws(() => reconstructionBound({ noise: 1, prior: 2 }), /prior is 2, expected a probability/);
  assert.throws(() => reconstructionBound({ noise: 1, prior: 0.5, steps: 1.5 }), /steps is 1.5, expected a count/);
});
