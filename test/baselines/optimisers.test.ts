import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { adam, cosineDown, steps } from '../../src/baselines/adam';
import { lbfgs } from '../../src/baselines/lbfgs';
import type { Objective, Optimiser, Point, Valued } from '../../src/baselines/optimiser';
import { strongWolfe } from '../../src/baselines/strongWolfe';
import { dot } from '../../src/math/matrix';

interface Seen {
  readonly x: readonly number[];
  readonly loss: number;
}
const torch = JSON.parse(readFileSync('test/fixtures/lbfgs.json', 'utf8')) as {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly lbfgs: readonly Seen[];
  readonly adam: readonly Seen[];
};

/** sum log cosh(A x - b) + 0.01 sum x^4 */
function problem(x: Float64Array): Valued {
  const slope = x.map((v) => 0.04 * v ** 3);
  let loss = 0.01 * x.reduce((sum, v) => sum + v ** 4, 0);
  torch.b.forEach((b, i) => {
    const a = Float64Array.from(torch.a.slice(5 * i, 5 * i + 5));
    const z = dot(a, x) - b;
    loss += Math.log(Math.cosh(z));
    a.forEach((v, k) => {
      slope[k]! += v * Math.tanh(z);
    });
  });
  return { loss, slope };
}

/** All points that are evaluated in this many iterations. */
function evaluated<M extends Point>(optimiser: Optimiser<M>, iterations: number): Seen[] {
  const seen: Seen[] = [];
  const watched: Objective = (x) => {
    const valued = problem(x);
    seen.push({ x: [...x], loss: valued.loss });
    return valued;
  };
  const memory = optimiser.begin(new Float64Array(5).fill(3), watched);
  for (let k = 0; k < iterations; ) {
    const move = optimiser.advance(memory, watched);
    if (move === 'converged') break;
    if (move === 'iteration') k++;
  }
  return seen;
}

function assertSame(own: readonly Seen[], theirs: readonly Seen[]): void {
  assert.equal(own.length, theirs.length);
  own.forEach(({ x, loss }, k) => {
    assert.ok(Math.abs(loss - theirs[k]!.loss) < 1e-9, `evaluation ${k}: ${loss}, PyTorch ${theirs[k]!.loss}`);
    x.forEach((v, i) => assert.ok(Math.abs(v - theirs[k]!.x[i]!) < 1e-7, `evaluation ${k}: ${v} at ${i}`));
  });
}

test('lbfgs goes where torch.optim.LBFGS goes, from call to call, with its memory full', () => {
  // PyTorch evaluates the point where a call ended once more when the next one begins
  const theirs = torch.lbfgs.filter(({ loss }, k) => loss !== torch.lbfgs[k - 1]?.loss);
  assert.ok(theirs.length > 10);
  assertSame(evaluated(lbfgs({ history: 3, moves: 4 }), 12), theirs);
});
test('adam goes where torch.optim.Adam goes', () => {
  // here the point after the last iteration is evaluated too
  assertSame(evaluated(adam({ rate: 0.1, iterations: 30 }), 30).slice(0, 30), torch.adam);
});
test('signed Adam moves by the rate at first, whatever the slope, and stays in its box', () => {
  const slope: Objective = () => ({ loss: 1, slope: Float64Array.of(1e-5, -70, 0, 3) });
  const optimiser = adam({ rate: 0.1, signed: true, iterations: 8, box: { entries: 3, low: -0.15, high: 0.15 } });
  const memory = optimiser.begin(new Float64Array(4), slope);
  const rounded = (): number[] => [...memory.x].map((v) => Math.round(1e6 * v) / 1e6);
  optimiser.advance(memory, slope);
  assert.deepEqual(rounded(), [-0.1, 0.1, 0, -0.1]);
  optimiser.advance(memory, slope);
  assert.deepEqual(rounded(), [-0.15, 0.15, 0, -0.2]);
});
test('the rate falls to a tenth at 3/8, 5/8 and 7/8 of the iterations, or along half a cosine', () => {
  const close = (found: readonly number[], expected: readonly number[]): void =>
    found.forEach((v, k) => assert.ok(Math.abs(v - expected[k]!) < 1e-12));
  close([0, 2.9 / 8, 3 / 8, 5 / 8, 6.9 / 8, 7 / 8].map(steps), [1, 1, 0.1, 0.01, 0.01, 0.001]);
  close([0, 0.5, 1].map(cosineDown), [1, 0.5, 0]);
});

/** Rosenbrock's valley. */
const valley: Objective = (p) => {
  const [x, y] = p as unknown as [number, number];
  const bend = y - x * x;
  return {
    loss: 100 * bend ** 2 + (1 - x) ** 2,
    slope: Float64Array.of(-400 * x * bend - 2 * (1 - x), 200 * bend),
  };
};

test("lbfgs with a line search ends at the bottom of Rosenbrock's valley", () => {
  const optimiser = lbfgs({ lineSearch: 'strong-wolfe', still: 0 });
  const memory = optimiser.begin(Float64Array.of(-1.2, 1), valley);
  const losses = [memory.loss];
  while (optimiser.advance(memory, valley) !== 'converged' && losses.length < 100) losses.push(memory.loss);
  assert.ok(losses.length < 60 && losses.every((loss, k) => k === 0 || loss <= losses[k - 1]!));
  memory.x.forEach((v) => assert.ok(Math.abs(v - 1) < 1e-8, `${v}`));
});
test('strongWolfe gives a step with both conditions, from first steps far too short and far too long', () => {
  const at = (t: number) => ({ t, loss: (t - 3) ** 4 - t, rise: 4 * (t - 3) ** 3 - 1 });
  for (const first of [1e-4, 1, 4, 1e3]) {
    const { t, loss, rise } = strongWolfe(at, at(0), first);
    assert.ok(t > 0 && loss <= at(0).loss + 1e-4 * t * at(0).rise, `${first}: loss ${loss} at ${t}`);
    assert.ok(Math.abs(rise) <= 0.9 * Math.abs(at(0).rise), `${first}: rise ${rise} at ${t}`);
  }
});
test('strongWolfe steps back from where the loss is no number', () => {
  const at = (t: number) => ({
    t,
    loss: t > 1 ? Number.NaN : (t - 0.8) ** 2,
    rise: t > 1 ? Number.NaN : 2 * (t - 0.8),
  });
  const { t } = strongWolfe(at, at(0), 64);
  assert.ok(0 < t && t <= 1, `${t}`);
});
