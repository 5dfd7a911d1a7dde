import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gradientNorm } from '../../../src/gradient/gradientDifference';
import { gradientJacobian } from '../../../src/gradient/gradientJacobian';
import { gradientState } from '../../../src/gradient/gradientState';
import { fromRows, matrix } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { backward } from '../../../src/model/backward';
import { forward } from '../../../src/model/forward';
import { mlp } from '../../../src/model/mlp';
import { localIdentifiability } from '../../../src/verification/identifiability/localIdentifiability';
import { denseJacobian, denseRank } from '../../support/denseJacobian';
import { oneNeuron } from '../../support/oneNeuron';
import { randomBatch } from '../../support/random';

const two = {
  inputs: fromRows([
    [1, 5],
    [2, 7],
  ]),
  labels: Int32Array.of(0, 1),
};

test('one neuron, two samples: the unseen inputs move against each other in the ratio of the deltas', () => {
  // gradient: sum of d_m, of d_m x_m1 and of d_m x_m2; the first two fix both x_m1, the last one leaves (d_2, -d_1)
  const local = localIdentifiability(oneNeuron, two);
  assert.deepEqual([local.rank, local.unknowns, local.nullity, local.closedForm], [3, 4, 1, 1]);
  const [d1, d2] = backward(oneNeuron, forward(oneNeuron, two.inputs), two.labels)[0]!.data;
  const [a, b, c, d] = local.direction(1)!.data;
  assert.ok(Math.abs(a!) < 1e-12 && Math.abs(c!) < 1e-12);
  assert.ok(Math.abs(b! * d1! + d! * d2!) < 1e-12 && Math.abs(b!) > 0.1);
  assert.deepEqual(local.moves, [true, true]);
});
test('a dead sample moves, a live one beside it does not', () => {
  const dead = {
    inputs: fromRows([
      [-1, 5],
      [2, 7],
    ]),
    labels: Int32Array.of(0, 1),
  };
  const local = localIdentifiability(oneNeuron, dead);
  assert.deepEqual(local.moves, [true, false]);
  assert.equal(local.nullity, 2);
});
test('the rank agrees with a dense Jacobian by finite differences on 40 small nets', () => {
  const nets = fc.record({
    inputs: fc.integer({ min: 1, max: 8 }),
    hidden: fc.array(fc.integer({ min: 2, max: 10 }), { minLength: 1, maxLength: 2 }),
    classes: fc.integer({ min: 2, max: 4 }),
    size: fc.integer({ min: 1, max: 8 }),
    biases: fc.boolean(),
    seed: fc.noShrink(fc.nat()),
  });
  let compared = 0;
  let moved = 0;
  const agrees = fc.property(nets, ({ inputs, hidden, classes, size, biases, seed }) => {
    const u = rng(seed);
    const model = mlp({ widths: [inputs, ...hidden, classes], seed, init: 'he', biases });
    const entries = Float64Array.from({ length: size * inputs }, () => normal(u));
    const labels = Int32Array.from({ length: size }, () => Math.floor(u() * classes));
    const batch = { inputs: matrix(size, inputs, entries), labels };
    const local = localIdentifiability(model, batch);
    // finite differences cannot tell a singular value of 1e-7 from zero
    fc.pre(local.margin >= 1e-5);
    assert.equal(local.rank, denseRank(denseJacobian(model, batch)).rank);
    compared++;
    const direction = local.direction(seed);
    assert.equal(direction !== undefined, local.nullity > 0);
    if (!direction) return;
    moved++;
    const along = gradientJacobian(model, gradientState(model, batch)).times({ inputs: direction });
    assert.ok(gradientNorm(along) < 1e-9);
  });
  fc.assert(agrees, { seed: 200, numRuns: 40 });
  assert.ok(compared >= 30 && moved >= 10, `${compared} compared, ${moved} with null directions`);
});
test('many wide samples are locally identifiable although none has an exclusive neuron', () => {
  const u = rng(1);
  const inputs = matrix(
    16,
    100,
    Float64Array.from({ length: 1600 }, () => u()),
  );
  const local = localIdentifiability(mlp({ widths: [100, 64, 10], seed: 1 }), {
    inputs,
    labels: new Int32Array(16).fill(3),
  });
  assert.equal(local.identifiable, true);
  assert.ok(local.margin > 1e-3);
});

test('with no time to count, nothing is called identifiable and nothing is said to move', () => {
  const batch = randomBatch(4, 30, 5, 1);
  const twice = {
    inputs: matrix(8, 30, Float64Array.of(...batch.inputs.data, ...batch.inputs.data)),
    labels: Int32Array.of(...batch.labels, ...batch.labels),
  };
  const model = mlp({ widths: [30, 64, 5], seed: 1 });
  const counted = localIdentifiability(model, twice);
  assert.ok(counted.counted && counted.nullity > 0 && counted.moves.every(Boolean));
  const { nullity, identifiable, moves, ...cut } = localIdentifiability(model, twice, { seconds: 0 });
  assert.equal(cut.counted, false);
  assert.ok(!identifiable && nullity <= counted.nullity && !moves.some(Boolean));
  assert.throws(() => localIdentifiability(model, twice, { seconds: -1 }), /seconds is -1, expected/);
});
