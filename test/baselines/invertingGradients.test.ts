import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inferLabels } from '../../src/baselines/inferLabels';
import { invertingGradients } from '../../src/baselines/invertingGradients';
import { captureGradient } from '../../src/gradient/captureGradient';
import { mlp } from '../../src/model/mlp';
import { score } from '../../src/verification/certificate/score';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [16, 64, 5], seed: 1 });
const secret = uniformBatch(2, 16, 5, 7);
const shared = captureGradient(model, secret);
const plain = { size: 2, smoothness: 0, iterations: 600 };

test('invertingGradients finds two samples of a fully connected network, labels inferred', async () => {
  const found = await invertingGradients(model, shared, plain);
  const { pairs, labelAccuracy } = score(found, secret);
  assert.ok(
    pairs.every(({ psnr }) => psnr > 35),
    `${pairs.map(({ psnr }) => psnr)}`,
  );
  assert.equal(labelAccuracy, 1);
  assert.deepEqual([found.status, found.ended], ['estimate', 'iterations']);
  assert.deepEqual(found.told, ['batch size', 'range of inputs']);
  assert.ok(found.history.at(-1)!.loss < 1e-2 * found.history[0]!.loss);
});
test('invertingGradients works in units of a range that is told', async () => {
  const scaled = { ...secret, inputs: { ...secret.inputs, data: secret.inputs.data.map((v) => 4 * v - 2) } };
  const options = { ...plain, labels: secret.labels, range: [-2, 2] as const };
  const found = await invertingGradients(model, captureGradient(model, scaled), options);
  const { pairs } = score(found, scaled);
  assert.ok(
    pairs.every(({ mse }) => mse < 16 * 1e-3),
    `${pairs.map(({ mse }) => mse)}`,
  );
  assert.ok(found.inputs.data.every((v) => -2 <= v && v <= 2));
  assert.deepEqual(found.told, ['batch size', 'labels', 'range of inputs']);
});
test('smoothness asks for a shape, uses it, and is told', async () => {
  await assert.rejects(
    invertingGradients(model, shared, { size: 2 }),
    /smoothness is 0.0001 for inputs of unknown shape, expected image, or smoothness 0/,
  );
  const image = { height: 4, width: 4, channels: 1 };
  const rough = ({ data }: { data: Float64Array }): number =>
    data.reduce((sum, v, k) => sum + (k % 4 === 3 ? 0 : Math.abs(data[k + 1]! - v)), 0);
  const found = await invertingGradients(model, shared, { ...plain, iterations: 100, smoothness: 10, image });
  assert.ok(rough(found.inputs) < 0.5 * rough(secret.inputs));
  assert.deepEqual(found.told, ['batch size', 'range of inputs', 'smooth pictures']);
});
test('invertingGradients that was stopped twice and resumed ends where it ends in one go', async () => {
  const options = { ...plain, iterations: 5, restarts: 2, settings: 'tuned' } as const;
  const whole = await invertingGradients(model, shared, options);
  const stopped = { ...options, signal: AbortSignal.abort() };
  let found = await invertingGradients(model, shared, stopped);
  assert.deepEqual([found.ended, found.state.iteration], ['signal', 1]);
  const { state } = await invertingGradients(model, shared, { ...stopped, resume: found.state });
  assert.equal(state.iteration, 2);
  found = await invertingGradients(model, shared, { ...options, resume: state });
  // a state can be gone on from twice
  assert.deepEqual((await invertingGradients(model, shared, { ...options, resume: state })).inputs, found.inputs);
  assert.deepEqual([found.inputs, found.loss, found.state.start], [whole.inputs, whole.loss, 1]);
});
test('the best guess of all random starts is handed over', async () => {
  const runs = await Promise.all(
    [1, 3].map((restarts) => invertingGradients(model, shared, { ...plain, iterations: 30, restarts })),
  );
  assert.ok(runs[1]!.loss <= runs[0]!.loss);
  assert.equal(runs[1]!.loss, Math.min(...runs[1]!.history.map(({ loss }) => loss), runs[1]!.loss));
});
test('labels are inferred from the head: all counts of a fresh network, with and without biases, mean and sum', () => {
  for (const biases of [true, false])
    for (const reduction of ['mean', 'sum'] as const)
      for (let seed = 0; seed < 5; seed++) {
        const net = mlp({ widths: [16, 64, 5], seed, biases });
        const batch = uniformBatch(6, 16, 5, seed);
        const gradient = captureGradient(net, batch, { reduction });
        const labels = inferLabels(net, gradient, { size: 6 });
        assert.deepEqual([...labels], [...batch.labels].sort(), `seed ${seed}, biases ${biases}, ${reduction}`);
      }
});
test('the label of a single sample is inferred without a guess, also where the network is sure', () => {
  for (let seed = 0; seed < 5; seed++) {
    const net = mlp({ widths: [16, 32, 5], seed, init: 'he', biases: seed % 2 === 0 });
    const one = uniformBatch(1, 16, 5, seed);
    const large = { ...one, inputs: { ...one.inputs, data: one.inputs.data.map((v) => 20 * v) } };
    assert.deepEqual(inferLabels(net, captureGradient(net, large), { size: 1 }), one.labels);
  }
});
test('options out of range are refused by name', async () => {
  for (const [options, message] of [
    [{ size: 2, rate: 0 }, /invertingGradients: rate is 0, expected a positive number/],
    [{ size: 2, smoothness: -1 }, /smoothness is -1, expected a number of at least 0/],
    [{ size: 2, range: [1, 0] }, /range is \[1,0\], expected two numbers, the smaller one first, or 'open'/],
    [{ size: 2, boxed: true }, /boxed is not understood/],
  ] as const)
    await assert.rejects(invertingGradients(model, shared, { smoothness: 0, ...options } as never), message);
});
test('inferLabels refuses a size that is none, and options that it does not understand', () => {
  assert.throws(() => inferLabels(model, shared, { size: 0 }), /inferLabels: size is 0, expected a positive integer/);
  assert.throws(
    () => inferLabels(model, shared, { size: 2, labels: [1, 2] } as never),
    /option labels is not understood/,
  );
});
test('inferLabels refuses a head without biases whose features may be negative, PReLU as leaky ReLU', () => {
  for (const activation of [
    { kind: 'leakyRelu', slope: 0.1 },
    { kind: 'prelu', slopes: new Float64Array(64).fill(0.1) },
  ] as const) {
    const bare = mlp({ widths: [16, 64, 5], seed: 1, biases: false, activation });
    assert.throws(
      () => inferLabels(bare, captureGradient(bare, secret), { size: 2 }, 'here'),
      /here: the head has no biases and its features may be negative, expected labels/,
      activation.kind,
    );
  }
});
