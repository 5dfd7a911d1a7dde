import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetOf } from '../../src/baselines/budget';
import { cocktailParty } from '../../src/baselines/cocktailParty';
import { fastIca } from '../../src/baselines/unmixing/fastIca';
import { unmixingLoss } from '../../src/baselines/unmixing/unmixingLoss';
import { captureGradient } from '../../src/gradient/captureGradient';
import { gemm } from '../../src/math/gemm';
import { leastSquares } from '../../src/math/leastSquares';
import { dot, matrix, norm, row, sum, transpose } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';
import { convNet } from '../../src/model/convNet';
import { forward } from '../../src/model/forward';
import { mlp } from '../../src/model/mlp';
import type { DenseMatrix } from '../../src/types';
import { matchBatches } from '../../src/verification/certificate/matchBatches';
import { randomMatrix } from '../support/random';
import { uniformBatch } from '../support/uniformBatch';

/** Rows of mean zero, variance one, and correlation zero, uniform but for what that takes. */
function whiteUniform(rows: number, columns: number): DenseMatrix {
  const uniform = rng(4);
  const x = matrix(rows, columns);
  for (let m = 0; m < rows; m++) {
    const own = row(x, m);
    for (let i = 0; i < columns; i++) own[i] = uniform() - 0.5;
    const mean = sum(own) / columns;
    for (let i = 0; i < columns; i++) own[i] = (own[i] as number) - mean;
    for (let k = 0; k < m; k++) {
      const c = dot(row(x, k), own) / columns;
      for (let i = 0; i < columns; i++) own[i] = (own[i] as number) - c * (row(x, k)[i] as number);
    }
    const size = norm(own) / Math.sqrt(columns);
    for (let i = 0; i < columns; i++) own[i] = (own[i] as number) / size;
  }
  return x;
}

test('fastIca turns mixed uniform sources back, up to order and sign', async () => {
  const sources = whiteUniform(3, 2000);
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const turn = matrix(3, 3, Float64Array.of(c, -s, 0, s * c, c * c, -s, s * s, s * c, c));
  const found = gemm(await fastIca(gemm(turn, sources), 1, budgetOf('test', {})), turn);
  for (let m = 0; m < 3; m++) {
    const own = row(found, m).map(Math.abs);
    assert.ok(Math.max(...own) > 0.99, `row ${m}: ${own}`);
  }
});

test("unmixingLoss has the slope that finite differences of its loss show, total variation's included", () => {
  const x = randomMatrix(3, 24, 1);
  const w = randomMatrix(3, 3, 2);
  const weights = { negentropy: 0.7, decorrelation: 0.3, temperature: 0.5, variation: 2 };
  const image = { height: 2, width: 4, channels: 3 };
  const { slope } = unmixingLoss(w, x, weights, image);
  for (let k = 0; k < 9; k++) {
    const at = (step: number): number => {
      const moved = w.data.map((v, i) => (i === k ? v + step : v));
      return unmixingLoss({ ...w, data: moved }, x, weights, image).loss;
    };
    const difference = (at(1e-6) - at(-1e-6)) / 2e-6;
    assert.ok(Math.abs(difference - (slope.data[k] as number)) < 1e-6, `entry ${k}`);
  }
});

test('cocktailParty tells uniform inputs apart, with biases and by the range of inputs without', async () => {
  for (const biases of [true, false]) {
    const model = mlp({ widths: [1500, 60, 4], seed: 1, biases });
    const secret = uniformBatch(3, 1500, 4, 2);
    const found = await cocktailParty(model, captureGradient(model, secret), { bounds: [0, 1], iterations: 0 });
    assert.deepEqual([found.status, found.inputs.rows, [...found.labels]], ['estimate', 3, [-1, -1, -1]]);
    assert.deepEqual(found.told, ['range of inputs']);
    for (const { mse } of matchBatches(found, secret)) assert.ok(mse < 0.01, `MSE ${mse}, where the mean gives 0.083`);
  }
});

test('cocktailParty lowers its loss step by step, and says what it was told', async () => {
  const model = mlp({ widths: [36, 40, 3], seed: 1 });
  const gradient = captureGradient(model, uniformBatch(3, 36, 3, 2));
  const image = { height: 6, width: 6, channels: 1 };
  const found = await cocktailParty(model, gradient, { size: 3, image, from: 'whitened', iterations: 300, rate: 0.01 });
  assert.deepEqual(found.told, ['batch size', 'smooth pictures']);
  assert.equal(found.ended, 'iterations');
  const losses = found.history.map((h) => h.loss);
  assert.ok(losses.length > 50 && (losses.at(-1) as number) < (losses[0] as number));
});

test('cocktailParty reads the features that enter the head of a network with convolutions', async () => {
  const model = convNet({
    input: { channels: 1, height: 8, width: 8 },
    plan: [24],
    head: [40],
    classes: 4,
    init: 'he',
  });
  const secret = uniformBatch(2, 64, 4, 3);
  const features = forward(model, secret.inputs).features[1] as DenseMatrix;
  const found = await cocktailParty(model, captureGradient(model, secret), { iterations: 0 });
  assert.match(found.reason, /features/);
  assert.equal(found.inputs.rows, 2);
  const { residual } = leastSquares(transpose(features), transpose(found.inputs));
  assert.ok(residual < 1e-9, 'each estimate is a sum of the true features');
});

test('cocktailParty refuses what it does not understand, and answers where the rank shows no size', async () => {
  const model = mlp({ widths: [20, 30, 4], seed: 1 });
  const gradient = captureGradient(model, uniformBatch(3, 20, 4, 2));
  const image = { height: 4, width: 4, channels: 1 };
  await assert.rejects(cocktailParty(model, gradient, { image }), /image has 16 values, expected 20/);
  await assert.rejects(cocktailParty(model, gradient, { bounds: [1, 0] }), /bounds are 1,0/);
  await assert.rejects(cocktailParty(model, gradient, { rate: 0 }), /rate is 0/);
  await assert.rejects(cocktailParty(model, gradient, { iterations: -1 }), /iterations is -1/);
  await assert.rejects(cocktailParty(model, gradient, { weights: { variation: Number.NaN } }), /variation is NaN/);
  const bare = mlp({ widths: [20, 30, 4], seed: 1, biases: false });
  const short = captureGradient(bare, uniformBatch(3, 20, 4, 2));
  await assert.rejects(cocktailParty(bare, short), /no biases and no bounds/);
  assert.match((await cocktailParty(model, gradient, { size: 9 })).reason, /rank 3, which is too little for 9/);
  const many = captureGradient(model, uniformBatch(40, 20, 4, 2));
  const none = await cocktailParty(model, many, { iterations: 0 });
  assert.deepEqual([none.inputs.rows, none.inputs.columns], [0, 20]);
  assert.match(none.reason, /full rank/);
  assert.equal((await cocktailParty(model, gradient, { signal: AbortSignal.abort() })).ended, 'signal');
});
