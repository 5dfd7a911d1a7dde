import assert from 'node:assert/strict';
import test from 'node:test';
import { mnist } from '../../src/data/mnist';
import { gaussian } from '../../src/data/synthetic';
import { mlp } from '../../src/model/mlp';
import { train } from '../../src/model/sgd';

const model = mlp({ widths: [5, 16, 3], seed: 1 });
const noise = gaussian({ size: 60, dimension: 5, classes: 3, seed: 1 });

test('train repeats with the seed and leaves the given network as it is', async () => {
  const before = structuredClone(model);
  const [a, b] = await Promise.all([1, 1].map((seed) => train(model, noise, { steps: 20, batchSize: 8, seed })));
  assert.deepEqual(a, b);
  assert.notDeepEqual(a?.model, model);
  assert.deepEqual(model, before);
});
test('train without steps gives the network back', async () => {
  const { model: same, losses } = await train(model, noise, { steps: 0 });
  assert.deepEqual([same, losses], [model, []]);
});
test('train lowers the loss until it fits even random labels', async () => {
  const { losses, accuracy, status } = await train(model, noise, { steps: 1500, batchSize: 20, rate: 0.3 });
  assert.equal(status, 'trained');
  assert.ok((losses.at(-1) as number) < (losses[0] as number) / 2);
  assert.ok(accuracy > 0.8, String(accuracy));
});
test('train keeps a network of its own at each checkpoint', async () => {
  const { checkpoints, model: last } = await train(model, noise, { steps: 4, checkpoints: [0, 2, 4] });
  assert.deepEqual(
    checkpoints.map(({ step }) => step),
    [0, 2, 4],
  );
  assert.deepEqual(checkpoints[0]?.model, model);
  assert.deepEqual(checkpoints[2]?.model, last);
  assert.deepEqual(checkpoints[1]?.model, (await train(model, noise, { steps: 2 })).model);
});
test('train shows its progress and can be stopped', async () => {
  const control = new AbortController();
  const seen: number[] = [];
  const onProgress = (fraction: number): void => {
    if (seen.push(fraction) === 3) control.abort();
  };
  const options = { steps: 10, signal: control.signal, onProgress };
  await assert.rejects(train(model, noise, options), { name: 'AbortError' });
  assert.deepEqual(seen, [0.1, 0.2, 0.3]);
});
test('train tells divergence by its status', async () => {
  const { status, losses } = await train(model, noise, { steps: 50, rate: 1e200 });
  assert.equal(status, 'diverged');
  assert.ok(losses.length < 50);
});
test('train reaches 85 % on MNIST within 150 steps', async () => {
  const { accuracy } = await train(mlp({ widths: [784, 64, 10], seed: 7 }), await mnist(), { steps: 150, rate: 0.2 });
  assert.ok(accuracy > 0.85, String(accuracy));
});
test('train names the option that is wrong', async () => {
  await assert.rejects(train(model, noise, { steps: -1 }), /steps is -1/);
  await assert.rejects(
    train(model, noise, { steps: 1, batchSize: 61 }),
    /batchSize is 61, expected an integer in 1\.\.60/,
  );
  await assert.rejects(train(model, noise, { steps: 1, rate: Number.NaN }), /rate is NaN/);
  await assert.rejects(
    train(mlp({ widths: [4, 3, 2] }), noise, { steps: 1 }),
    /samples of 5 entries in 3 classes, expected 4/,
  );
});
