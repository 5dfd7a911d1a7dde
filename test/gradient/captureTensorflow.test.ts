import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import * as exan from '../../src';
import { channelsFirst } from '../../src/data/channels';
import { captureGradient } from '../../src/gradient/captureGradient';
import { captureTensorflow } from '../../src/gradient/captureTensorflow';
import { checkGradient } from '../../src/gradient/checkGradient';
import { fromLayers } from '../../src/model/tensorflow/fromLayers';
import { reconstruct } from '../../src/reconstruction/reconstruct';
import { recovered } from '../../src/reconstruction/result';
import type { Batch } from '../../src/types';
import { certify } from '../../src/verification/certificate/certify';
import { score } from '../../src/verification/certificate/score';
import { relativeError } from '../support/closeness';
import { convModel, denseModel, leakyModel, norm, normedModel, start } from '../support/layersModels';
import { blocks } from '../support/readme';
import { uniformBatch } from '../support/uniformBatch';

/** Float32 from the start, as frameworks have samples. */
const vectors: Batch = uniformBatch(4, 20, 5, 5);
vectors.inputs.data.set(Float32Array.from(vectors.inputs.data));
const image = { height: 7, width: 9, channels: 3 };
const pictures = channelsFirst({ ...uniformBatch(3, 189, 3, 6), image });
const squares = channelsFirst({ ...uniformBatch(6, 192, 3, 7), image: { height: 8, width: 8, channels: 3 } });
squares.inputs.data.forEach((v, k) => {
  squares.inputs.data[k] = Math.fround(12 * v);
});

for (const [name, build, batch] of [
  ['a dense model', denseModel, vectors],
  ['a dense model with leaky ReLU and ReLU6', leakyModel, vectors],
  ['a convolutional model', convModel, pictures],
  ['a model with batch normalisation, leaky ReLU and ReLU6', normedModel, squares],
] as const)
  for (const reduction of ['mean', 'sum'] as const)
    test(`every gradient of ${name} from TensorFlow.js is that of its network to 1e-5, reduction ${reduction}`, async () => {
      await tf.setBackend('cpu');
      const model = build();
      const net = fromLayers(model);
      const before = tf.memory().numTensors;
      const { gradient, backend } = await captureTensorflow(model, batch, { reduction });
      assert.equal(tf.memory().numTensors, before);
      assert.deepEqual([backend, gradient.precision, gradient.reduction], ['cpu', 'float32', reduction]);
      checkGradient(net, gradient);
      const exact = captureGradient(net, batch, { reduction });
      gradient.gradients.forEach((layer, i) => {
        const error = relativeError([layer], exact.gradients.slice(i, i + 1));
        assert.ok(error < 1e-5, `layer ${i}: ${error}`);
      });
      assert.equal(certify(net, gradient, batch).verdict, 'holds');
      const inputs = { ...batch.inputs, data: batch.inputs.data.map((v, k) => (k === 3 ? v + 1e-3 : v)) };
      assert.equal(certify(net, gradient, { ...batch, inputs }).verdict, 'fails');
    });

test('reconstruct reads the batch back from a gradient of TensorFlow.js', async () => {
  const model = denseModel();
  const { gradient } = await captureTensorflow(model, vectors);
  const found = reconstruct(fromLayers(model), gradient);
  assert.ok(found.status === 'exact' || found.status === 'approximate', found.status);
  const { mse, labelAccuracy, coverage } = score(recovered(found), vectors);
  assert.ok(mse.max < 1e-8, `${mse.max}`);
  assert.deepEqual([labelAccuracy, coverage], [1, 1]);
});
test('reconstruct reads the batch back through batch normalisation and leaky ReLU of TensorFlow.js, exactly', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 3],
        filters: 40,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        ...start(41),
      }),
      tf.layers.batchNormalization({ ...norm(42) }),
      tf.layers.leakyReLU({ alpha: 0.1 }),
      tf.layers.conv2d({ filters: 40, kernelSize: 3, ...start(43) }),
      tf.layers.batchNormalization({ ...norm(44) }),
      tf.layers.activation({ activation: 'relu6' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 32, activation: 'relu', ...start(45) }),
      tf.layers.dense({ units: 3, activation: 'softmax', ...start(46) }),
    ],
  });
  const two = uniformBatch(2, 192, 3, 8);
  two.inputs.data.set(Float32Array.from(two.inputs.data));
  const secret = channelsFirst({ ...two, image: { height: 8, width: 8, channels: 3 } });
  const { gradient } = await captureTensorflow(model, secret);
  const found = reconstruct(fromLayers(model), gradient, { seconds: 60 });
  assert.equal(found.status, 'exact', found.reason);
  assert.ok(score(recovered(found), secret).mse.max < 1e-9);
});
test('captureTensorflow reads the folded bias off beta or off the bias before it, and refuses where neither has a gradient', async () => {
  const build = (bias: boolean, center: boolean, trainable: boolean): tf.LayersModel =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, useBias: bias, ...start(31) }),
        tf.layers.batchNormalization({ name: 'n', center, trainable, ...norm(32) }),
        tf.layers.reLU(),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3, ...start(33) }),
      ],
    });
  for (const [bias, center, trainable] of [
    [true, true, true],
    [false, true, true],
    [true, false, true],
    [true, true, false],
    [true, false, false],
  ] as const) {
    const model = build(bias, center, trainable);
    const { gradient } = await captureTensorflow(model, squares);
    const error = relativeError(gradient.gradients, captureGradient(fromLayers(model), squares).gradients);
    assert.ok(error < 1e-5, `${bias} ${center} ${trainable}: ${error}`);
  }
  for (const [center, trainable] of [
    [false, true],
    [true, false],
  ] as const)
    await assert.rejects(
      captureTensorflow(build(false, center, trainable), squares),
      /layer n \(BatchNormalization\) has no gradient of beta, and the layer before it none of a bias/,
    );
  const silent = build(true, true, true);
  const [, layer] = silent.layers;
  const [gamma, ...rest] = layer!.getWeights();
  layer!.setWeights([tf.mul(gamma!, tf.tensor1d([1, 1, 0, 1])), ...rest]);
  assert.equal(fromLayers(silent).layers.length, 3);
  await assert.rejects(
    captureTensorflow(silent, squares),
    /n \(BatchNormalization\): channel 2 has scale 0 .*no gradient/,
  );
});
test('captureTensorflow says what does not fit: batch, layout, reduction, a frozen layer', async () => {
  const model = denseModel();
  await assert.rejects(captureTensorflow(model, pictures), /captureTensorflow: samples have 189 entries, expected 20/);
  await assert.rejects(captureTensorflow(convModel(), { ...pictures, image }), /turn them with data\.channelsFirst/);
  await assert.rejects(
    captureTensorflow(model, vectors, { reduction: 'max' as 'sum' }),
    /reduction is max, expected mean or sum/,
  );
  (model.layers[2] as tf.layers.Layer).trainable = false;
  await assert.rejects(captureTensorflow(model, vectors), /\(Dense\) is frozen, so it has no gradient/);
});
test('captureTensorflow runs on the backend that is set, and names the operation that it lacks', async () => {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${process.cwd()}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`);
  assert.ok(await tf.setBackend('wasm'));
  try {
    const model = denseModel();
    const { gradient, backend } = await captureTensorflow(model, vectors);
    assert.equal(backend, 'wasm');
    assert.ok(relativeError(gradient.gradients, captureGradient(fromLayers(model), vectors).gradients) < 1e-5);
    const planes = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [7, 9, 3], filters: 2, kernelSize: 3, ...start(1) }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3, ...start(2) }),
      ],
    });
    await assert.rejects(captureTensorflow(planes, pictures), /backend wasm has no Conv2DBackpropFilter, expected one/);
  } finally {
    await tf.setBackend('cpu');
  }
});

test('the cell of docs/method.md reads the batch back as it says', async () => {
  const [cell = ''] = blocks('ts', readFileSync('docs/method.md', 'utf8')).filter((code) =>
    /captureTensorflow/.test(code),
  );
  const [, status] = /\.status; \/\/ '(\w+)'/.exec(cell) ?? [];
  const body = cell
    .replace(/^import \* as tf .*$/m, '')
    .replace(/^import (\{.*\}) from 'exan';/m, 'const $1 = exan;')
    .replace(/^reconstruct\(/m, 'return reconstruct(');
  const run = runInThisContext(`(async (exan, tf) => {${body}})`) as (...modules: object[]) => Promise<string>;
  assert.equal(await run(exan, tf), status);
});
