import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  let compared = 0;
  let moved = 0;
  for (let seed = 200; seed < 240; seed++) {
    const u = rng(seed);
    const pick = (a: number, b: number): number => a + Math.floor(u() * (b - a + 1));
    const widths = [pick(1, 8), ...Array.from({ length: pick(1, 2) }, () => pick(2, 10)), pick(2, 4)];
    const model = mlp({ widths, seed, init: 'he', biases: u() < 0.7 });
    const M = pick(1, 8);
    const d0 = widths[0] as number;
    const inputs = matrix(
      M,
      d0,
      Float64Array.from({ length: M * d0 }, () => normal(u)),
    );
    const labels = Int32Array.from({ length: M }, () => pick(0, (widths.at(-1) as number) - 1));
    const local = localIdentifiability(model, { inputs, labels });
    // finite differences cannot tell a singular value of 1e-7 from zero
    if (local.margin < 1e-5) continue;
    const { rank } = denseRank(denseJacobian(model, { inputs, labels }), 3e-6);
    assert.equal(local.rank, rank, `${widths.join('-')}, M = ${M}, seed ${seed}`);
    compared++;
    const direction = local.direction(seed);
    assert.equal(direction !== undefined, local.nullity > 0);
    if (!direction) continue;
    moved++;
    assert.ok(
      gradientNorm(gradientJacobian(model, gradientState(model, { inputs, labels })).times({ inputs: direction })) <
        1e-9,
    );
  }
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
