import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dlg } from '../../src/baselines/dlg';
import { idlg } from '../../src/baselines/idlg';
import { captureGradient } from '../../src/gradient/captureGradient';
import { mlp } from '../../src/model/mlp';
import { dlgLenet } from '../../src/model/victims';
import type { Batch, DenseMatrix, Layer, Network } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

/** Dense layers with sigmoids between them. */
const smooth = (seed: number): Network => ({
  layers: mlp({ widths: [6, 12, 8, 3], seed, init: 'he' }).layers.map(
    (l): Layer => (l.kind === 'relu' ? { kind: 'sigmoid' } : l),
  ),
});
const net = smooth(1);
const one = uniformBatch(1, 6, 3, 2);
const shared = captureGradient(net, one);
const distance = (found: DenseMatrix, truth: Batch): number =>
  Math.max(...found.data.map((v, k) => Math.abs(v - truth.inputs.data[k]!)));

test('dlg finds a single sample and its label', async () => {
  const found = await dlg(net, shared, { size: 1, settings: 'tuned' });
  assert.deepEqual([found.status, found.attack, found.ended], ['estimate', 'dlg', 'converged']);
  assert.ok(distance(found.inputs, one) < 1e-3, `off by ${distance(found.inputs, one)}`);
  assert.deepEqual([...found.labels], [...one.labels]);
  assert.deepEqual(found.told, ['batch size']);
});
test('idlg reads the label off the head and finds the sample', async () => {
  const found = await idlg(net, shared, { size: 1, settings: 'tuned' });
  assert.ok(distance(found.inputs, one) < 1e-3, `off by ${distance(found.inputs, one)}`);
  assert.deepEqual([...found.labels], [...one.labels]);
});
test('dlg with labels told finds two samples', async () => {
  const two = { ...uniformBatch(2, 6, 3, 5), labels: Int32Array.of(2, 0) };
  const found = await dlg(net, captureGradient(net, two), { size: 2, labels: two.labels, settings: 'tuned' });
  assert.ok(distance(found.inputs, two) < 1e-3, `off by ${distance(found.inputs, two)}`);
  assert.deepEqual(found.told, ['batch size', 'labels']);
});
test('the history begins at the random start, falls, and ends at the loss of the answer', async () => {
  const { history, loss, inputs, labels } = await dlg(net, shared, { size: 1, iterations: 40 });
  assert.equal(history[0]!.iteration, 0);
  assert.ok(history.at(-1)!.loss < 1e-3 * history[0]!.loss);
  const gap = captureGradient(net, { inputs, labels }).gradients.flatMap(({ weight }, i) =>
    [...weight.data].map((v, k) => v - shared.gradients[i]!.weight.data[k]!),
  );
  assert.ok(gap.every((v) => v ** 2 < 1e-3 * history[0]!.loss));
  assert.ok(loss <= Math.min(...history.map((point) => point.loss)));
});
test('a start that goes nowhere is followed by another one with settings tuned, not with the authors', async () => {
  // the first two starts of this network end on a plateau
  const stuck = dlgLenet({ classes: 10, seed: 0 });
  const picture = uniformBatch(1, 3072, 10, 1);
  const gradient = captureGradient(stuck, picture);
  const found = await dlg(stuck, gradient, { size: 1, iterations: 3, restarts: 2, settings: 'tuned' });
  assert.equal(found.state.start, 1);
  assert.equal(found.history.filter(({ iteration }) => iteration === 0).length, 2);
  assert.equal((await dlg(stuck, gradient, { size: 1, iterations: 3 })).state.start, 0);
});
for (const [name, attack] of Object.entries({ dlg, idlg })) {
  test(`${name} that was stopped after every iteration and resumed ends where it ends in one go`, async () => {
    const options = { size: 1, iterations: 6, seed: 3 };
    const whole = await attack(net, shared, options);
    const signal = AbortSignal.abort();
    let found = await attack(net, shared, { ...options, signal });
    assert.equal(found.ended, 'signal');
    let calls = 1;
    for (; found.ended === 'signal'; calls++)
      found = await attack(net, shared, { ...options, signal, resume: found.state });
    assert.ok(calls > 5);
    assert.deepEqual(found.inputs, whole.inputs);
    assert.deepEqual(found.ended, whole.ended);
    assert.deepEqual(
      found.history.map(({ iteration, loss }) => [iteration, loss]),
      whole.history.map(({ iteration, loss }) => [iteration, loss]),
    );
  });
}
test('dlg is out of time when its time is over, with what it has', async () => {
  const found = await dlg(net, shared, { size: 1, seconds: 1e-6 });
  assert.equal(found.ended, 'time');
  assert.equal(found.inputs.rows, 1);
});
test('idlg refuses several samples without labels: their signs mix', async () => {
  const two = captureGradient(net, uniformBatch(2, 6, 3, 5));
  await assert.rejects(idlg(net, two, { size: 2 }), /idlg: size is 2 without labels, expected 1/);
  assert.deepEqual([...(await idlg(net, two, { size: 2, labels: Int32Array.of(1, 2), iterations: 1 })).labels], [1, 2]);
});
test('options that are not understood or out of range are refused by name', async () => {
  for (const [options, message] of [
    [{}, /dlg: size is undefined, expected the number of samples/],
    [{ size: 0 }, /dlg: size is 0, expected the number of samples, a positive integer/],
    [{ size: 1, iterations: 0 }, /dlg: iterations is 0, expected a positive integer/],
    [{ size: 1, restarts: 1.5 }, /dlg: restarts is 1.5/],
    [{ size: 1, seed: 0.5 }, /dlg: seed is 0.5/],
    [{ size: 1, seconds: -1 }, /dlg: seconds is -1/],
    [{ size: 1, labels: Int32Array.of(3) }, /dlg: label 3 of sample 0, expected 0..2/],
    [{ size: 2, labels: Int32Array.of(1) }, /dlg: 1 labels, expected 2/],
    [{ size: 1, settings: 'best' }, /dlg: settings is best, expected authors or tuned/],
    [{ size: 1, smoothness: 1 }, /dlg: smoothness is not understood, expected size, /],
  ] as const)
    await assert.rejects(dlg(net, shared, options as never), message);
  const { state } = await idlg(net, shared, { size: 1, iterations: 1 });
  await assert.rejects(dlg(net, shared, { size: 1, resume: state }), /dlg: resume is the state of idlg/);
  const other = await dlg(net, shared, { size: 1, iterations: 1 });
  await assert.rejects(
    dlg(net, shared, { size: 2, resume: other.state }),
    /dlg: resume has a guess of 9 numbers, expected 18 for these options/,
  );
  await assert.rejects(dlg(smooth(2), { ...shared, gradients: [] }, { size: 1 }), /dlg: the gradient has 0 layers/);
});
