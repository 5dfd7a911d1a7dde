import assert from 'node:assert/strict';
import { test } from 'node:test';
import { featureDistance, featureInversion } from '../../src/baselines/featureInversion';
import { captureGradient } from '../../src/gradient/captureGradient';
import { dot, matrix, row } from '../../src/math/matrix';
import { convNet } from '../../src/model/convNet';
import { forward } from '../../src/model/forward';
import { mlp } from '../../src/model/mlp';
import { dlgLenet } from '../../src/model/victims';
import { score } from '../../src/verification/certificate/score';
import { uniformBatch } from '../support/uniformBatch';

const input = { channels: 1, height: 6, width: 6 };
const shape = { input, plan: [{ filters: 8, kernel: 3 }], head: [48], classes: 4, seed: 3 };
const net = convNet({ ...shape, init: 'pytorch' });
const secret = uniformBatch(2, 36, 4, 5);
const shared = captureGradient(net, secret);
const options = { iterations: 400, smoothness: 0 };

test('featureInversion finds pictures from features that it reads off the head', async () => {
  const found = await featureInversion(net, shared, options);
  const { pairs, labelAccuracy } = score(found, secret);
  assert.ok(pairs.length === 2 && pairs.every(({ psnr }) => psnr > 25), `${pairs.map(({ psnr }) => psnr)}`);
  assert.equal(labelAccuracy, 1);
  assert.deepEqual([found.status, found.told], ['estimate', ['range of inputs']]);
  assert.match(found.reason, /the head's features: exact/);
});
for (const lengths of [false, true])
  test(`the distance of features has the slope that finite differences give, lengths ${lengths}`, () => {
    const target = forward(net, secret.inputs).features[1]!;
    const { inputs } = uniformBatch(2, 36, 4, 9);
    const step = uniformBatch(2, 36, 4, 10).inputs.data;
    const of = featureDistance(net, target, lengths);
    const targets = matrix(2, 4);
    const moved = (t: number): number =>
      of({ inputs: { ...inputs, data: inputs.data.map((v, k) => v + t * step[k]!) }, targets }).loss;
    const expected = (moved(1e-6) - moved(-1e-6)) / 2e-6;
    const found = dot(of({ inputs, targets }).inputs.data, step);
    assert.ok(Math.abs(found - expected) < 1e-6 * Math.abs(expected), `${found}, finite differences ${expected}`);
    assert.ok(Math.abs(of({ inputs: secret.inputs, targets }).loss) < 1e-14);
  });
test('where lengths count, pictures are found to their brightness through a network without biases', async () => {
  const bare = convNet({ ...shape, init: 'he' }); // its features point the same way for a picture and its double
  const gradient = captureGradient(bare, secret);
  const tuned = await featureInversion(bare, gradient, { ...options, settings: 'tuned' });
  assert.ok(score(tuned, secret).pairs.every(({ psnr }) => psnr > 25));
  const plain = await featureInversion(bare, gradient, { ...options, settings: 'tuned', lengths: false });
  assert.ok(plain.loss < 1e-2 && score(plain, secret).mse.mean > score(tuned, secret).mse.mean);
});
test('featureInversion takes features of any length, and says that they were told', async () => {
  const { features } = forward(net, secret.inputs);
  const told = { ...features[1]!, data: features[1]!.data.map((v) => 5 * v) };
  const found = await featureInversion(net, shared, { ...options, features: told });
  // told features have an order: sample by sample
  for (let m = 0; m < 2; m++)
    row(found.inputs, m).forEach((v, k) => assert.ok(Math.abs(v - secret.inputs.data[36 * m + k]!) < 0.2));
  assert.deepEqual(found.told, ['features', 'range of inputs']);
  assert.deepEqual([...found.labels], [-1, -1]);
});
test('a linear head gives the features of one sample, and says that it mixes those of several', async () => {
  const linear = dlgLenet({ classes: 10, seed: 2 });
  const one = uniformBatch(1, 3072, 10, 4);
  const found = await featureInversion(linear, captureGradient(linear, one), { iterations: 2 });
  assert.deepEqual([found.inputs.rows, [...found.labels]], [1, [...one.labels]]);
  const several = await featureInversion(linear, captureGradient(linear, uniformBatch(3, 3072, 10, 4)));
  assert.deepEqual([several.inputs.rows, several.ended], [0, 'nothing more to try']);
  assert.match(several.reason, /whose rows mix the features of several samples/);
});
test('featureInversion that was stopped and resumed ends where it ends in one go', async () => {
  const { features } = forward(net, secret.inputs);
  const own = { iterations: 4, smoothness: 0.1, features: features[1]! };
  const whole = await featureInversion(net, shared, own);
  const { state } = await featureInversion(net, shared, { ...own, signal: AbortSignal.abort() });
  const { inputs } = await featureInversion(net, shared, { ...own, resume: state });
  assert.equal(state.iteration, 1);
  assert.deepEqual(inputs, whole.inputs);
});
test('networks without convolutions and features that do not fit are refused by name', async () => {
  const flat = mlp({ widths: [36, 8, 4] });
  await assert.rejects(featureInversion(flat as never, captureGradient(flat, secret)), /no convolutions below a head/);
  const wrong = { features: secret.inputs };
  await assert.rejects(featureInversion(net, shared, wrong), /features are 2 x 36, expected finite numbers, M x 288/);
  await assert.rejects(
    featureInversion(net, shared, { seconds: 0 }),
    /featureInversion: seconds is 0, expected a positive/,
  );
  await assert.rejects(featureInversion(net, shared, { size: 2 } as never), /size is not understood, expected seed/);
});
