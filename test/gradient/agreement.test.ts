import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { agreement, layerLimit, rowLimit } from '../../src/gradient/agreement';
import { arithmeticNoise, roundoff } from '../../src/gradient/arithmeticNoise';
import { captureGradient } from '../../src/gradient/captureGradient';
import { gradientDifference } from '../../src/gradient/gradientDifference';
import { gradientAt, gradientState } from '../../src/gradient/gradientState';
import { lossBlocks, lossDeltas } from '../../src/gradient/lossBlocks';
import { lossSlack } from '../../src/gradient/lossSlack';
import { slackAgreement } from '../../src/gradient/slackAgreement';
import { fromRows, matrix, norm, row } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import type { AffineLayer } from '../../src/types';

const shared: AffineLayer[] = [
  {
    weight: fromRows([
      [3, 4],
      [0, 5],
    ]),
  },
];
const gapOf = (x: number, y: number): AffineLayer[] => [
  {
    weight: fromRows([
      [x, 0],
      [0, y],
    ]),
  },
];
const noise = {
  losses: matrix(1, 1, Float64Array.of(1)),
  weight: [Float64Array.of(0.5, 2)],
  aligned: [Float64Array.of(0.5, 2)],
  bias: [new Float64Array(2)],
};

test('agreement by hand: squared residual of a row over its number of entries times their variance', () => {
  // rows: 3² / (2 * 0.5) = 9 and 4² / (2 * 2) = 4; residual 5 of norm sqrt(50)
  const found = agreement(shared, gapOf(3, 4), noise);
  assert.equal(found.worst, 9);
  assert.deepEqual(found.layers, [{ residual: Math.sqrt(25 / 50), chiSquared: 6.5 }]);
  assert.equal(found.holds, true);
});
test('agreement ends at six deviations of a row and three of a layer', () => {
  const row = (ratio: number): AffineLayer[] => gapOf(Math.sqrt(ratio), 0); // one row in two is off
  assert.equal(agreement(shared, row(layerLimit - 0.01), noise).holds, true);
  assert.equal(agreement(shared, row(layerLimit + 0.01), noise).holds, false); // rows without any error do not thin it out
  const steady = { ...noise, weight: [Float64Array.of(0.5, 2e9)] };
  const both = agreement(shared, gapOf(Math.sqrt(2 * layerLimit - 1), 1), steady);
  assert.ok(both.worst < rowLimit && both.holds);
});

const model = mlp({ widths: [12, 40, 20, 5], seed: 3 });
const batch = gaussian({ size: 4, dimension: 12, classes: 5, seed: 4 });
const shares = new Float64Array(4).fill(0.25);
const state = gradientState(model, batch, { shares });

test('lossDeltas of the batch’s own loss vectors are its deltas, and a block is the Gram matrix of what unit losses do', () => {
  const losses = state.deltas[2]!;
  lossDeltas(model, state.patterns, losses).forEach((delta, i) => assert.deepEqual(delta, state.deltas[i]));
  const deviation = matrix(4, 5, new Float64Array(20).fill(0.1));
  const varying = (v: number): Float64Array[] => model.dense.map(({ weight }) => new Float64Array(weight.rows).fill(v));
  const own = { losses: deviation, aligned: varying(1 / 4), bias: varying(1 / 9) };
  const blocks = lossBlocks(model, state.features, state.patterns, own);
  // x = e_2 of sample 1: 1 + sum over the layers of (4 |f|² + 9) |delta|²
  const unit = matrix(4, 5);
  unit.data[1 * 5 + 2] = 0.1;
  let expected = 1;
  lossDeltas(model, state.patterns, unit).forEach((delta, i) => {
    expected += (4 * norm(row(state.features[i]!, 1)) ** 2 + 9) * norm(row(delta, 1)) ** 2;
  });
  const l = blocks[1]!;
  const found = norm(row(l, 2).subarray(0, 3)) ** 2;
  assert.ok(Math.abs(found / expected - 1) < 1e-12, `${found} ${expected}`);
});
test('lossSlack gives back the error of one loss vector; with it the replay agrees, without it does not', () => {
  const float32 = arithmeticNoise(model, state, batch.labels, roundoff.float32);
  // rows that show it to a hundredth of what float32 leaves
  const finer = (all: readonly Float64Array[]): Float64Array[] => all.map((rows) => rows.map((v) => 1e-4 * v));
  const own = { ...float32, weight: finer(float32.weight), aligned: finer(float32.aligned), bias: finer(float32.bias) };
  const at = 2 * 5 + batch.labels[2]!;
  const eta = 4 * own.losses.data[at]!;
  const slack = matrix(4, 5);
  slack.data[at] = eta / 0.25; // state adds it before the shares
  const moved = gradientAt(model, gradientState(model, batch, { shares, slack }));
  const plain = captureGradient(model, batch).gradients;
  const gap = gradientDifference(moved, plain);
  const found = lossSlack(model, gap, state, own);
  assert.ok(Math.abs(found.data[at]! / eta - 1) < 0.05, `${found.data[at]} for ${eta}`);
  found.data.forEach((v, k) => assert.ok(k === at || Math.abs(v) < 0.05 * eta, `entry ${k}: ${v}`));
  assert.equal(agreement(moved, gap, own).holds, false);
  assert.equal(slackAgreement(model, moved, gap, state, own).agreement.holds, true);
});
