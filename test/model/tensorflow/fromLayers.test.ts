import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { channelsFirst } from '../../../src/data/channels';
import { row } from '../../../src/math/matrix';
import { forward } from '../../../src/model/forward';
import { outputShape } from '../../../src/model/layers/planes';
import { softmax } from '../../../src/model/softmax';
import { fromLayers } from '../../../src/model/tensorflow/fromLayers';
import type { Batch } from '../../../src/types';
import { convModel, denseModel, normedModel, start } from '../../support/layersModels';
import { uniformBatch } from '../../support/uniformBatch';

/** Largest difference of the probabilities of a TensorFlow.js model and the network made of it. */
function difference(model: tf.LayersModel, theirs: Batch, ours: Batch): number {
  const shape = [theirs.inputs.rows, ...(model.inputs[0]?.shape.slice(1) as number[])];
  const expected = (model.predict(tf.tensor(Float32Array.from(theirs.inputs.data), shape)) as tf.Tensor).dataSync();
  const { logits } = forward(fromLayers(model), ours.inputs);
  const actual = Array.from({ length: logits.rows }, (_, m) => [...softmax(row(logits, m))]).flat();
  assert.equal(actual.length, expected.length);
  return Math.max(...actual.map((p, k) => Math.abs(p - (expected[k] as number))));
}

test('fromLayers gives the probabilities of a dense model, the softmax at its end taken off', () => {
  const batch = uniformBatch(6, 20, 5, 1);
  assert.deepEqual(
    fromLayers(denseModel()).layers.map(({ kind }) => kind),
    ['dense', 'relu', 'dense', 'relu', 'dense'],
  );
  assert.ok(difference(denseModel(), batch, batch) < 1e-6);
});
test('fromLayers gives the probabilities of a model with every layer that is understood, on planes that are not square', () => {
  const picture = { ...uniformBatch(5, 7 * 9 * 3, 3, 2), image: { height: 7, width: 9, channels: 3 } };
  const net = fromLayers(convModel());
  assert.ok('stack' in net);
  assert.deepEqual(
    net.stack.flatMap((layer) => ('input' in layer ? [Object.values(outputShape(layer))] : [])),
    [
      [4, 7, 9],
      [4, 5, 7],
      [6, 3, 4],
      [6, 3, 4],
      [5, 2, 3],
    ],
  );
  assert.ok(difference(convModel(), picture, channelsFirst(picture)) < 1e-6);
});
test('fromLayers folds batch normalisation by its moving statistics, and takes leaky ReLU, ReLU6 and means of whole planes', () => {
  const image = { height: 8, width: 8, channels: 3 };
  const picture = { ...uniformBatch(5, 192, 3, 3), image };
  picture.inputs.data.forEach((v, k) => {
    picture.inputs.data[k] = 12 * v;
  });
  const net = fromLayers(normedModel());
  const kinds = ['conv2d', 'leakyRelu', 'maxPool', 'conv2d', 'relu6', 'conv2d', 'relu6', 'averagePool'];
  assert.deepEqual(
    net.layers.map(({ kind }) => kind),
    [...kinds, 'dense', 'relu', 'dense'],
  );
  assert.equal(net.layers.filter((layer) => 'weight' in layer && layer.bias).length, 5);
  const { values } = forward(net, channelsFirst(picture).inputs);
  const clipped = values[5]!.data.filter((v) => v === 6).length;
  assert.ok(clipped > 5 && clipped < 50, `${clipped}`);
  assert.ok(difference(normedModel(), picture, channelsFirst(picture)) < 1e-6);
});
test('fromLayers takes sigmoids below the head', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, activation: 'sigmoid', ...start(4) }),
      tf.layers.conv2d({ filters: 4, kernelSize: 3, ...start(5) }),
      tf.layers.activation({ activation: 'sigmoid' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3, ...start(6) }),
      tf.layers.softmax(),
    ],
  });
  const picture = { ...uniformBatch(4, 72, 3, 3), image: { height: 6, width: 6, channels: 2 } };
  assert.deepEqual(
    fromLayers(model).layers.map(({ kind }) => kind),
    ['conv2d', 'sigmoid', 'conv2d', 'sigmoid', 'dense'],
  );
  assert.ok(difference(model, picture, channelsFirst(picture)) < 1e-6);
});
test('fromLayers takes pictures flattened H x W x C where no convolution looks at them', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [2, 3, 3] }),
      tf.layers.dense({ units: 7, activation: 'relu' }),
      tf.layers.dense({ units: 2 }),
      tf.layers.softmax(),
    ],
  });
  const batch = uniformBatch(3, 18, 2, 3);
  assert.ok(difference(model, batch, batch) < 1e-6);
});
test('fromLayers expresses padding same exactly where its zeros are the same on all sides', () => {
  let expressed = 0;
  for (const [height, width, kernelSize, strides] of [1, 2, 3].flatMap((strides) =>
    [1, 2, 3, 5].flatMap((kernel) => [6, 7].flatMap((h) => [6, 7, 9].map((w) => [h, w, kernel, strides] as const))),
  )) {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [height, width, 2], filters: 2, kernelSize, strides, padding: 'same' }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, activation: 'softmax' }),
      ],
    });
    const picture = { ...uniformBatch(2, height * width * 2, 2, 4), image: { height, width, channels: 2 } };
    const zeros = [height, width].map((side) =>
      Math.max((Math.ceil(side / strides) - 1) * strides + kernelSize - side, 0),
    );
    if (zeros[0] === zeros[1] && (zeros[0] as number) % 2 === 0) {
      expressed++;
      assert.ok(difference(model, picture, channelsFirst(picture)) < 1e-6);
    } else assert.throws(() => fromLayers(model), /\(Conv2D\): padding 'same' puts \d \+ \d and \d \+ \d zeros/);
    model.dispose();
  }
  assert.ok(expressed > 20 && expressed < 60, `${expressed}`);
});
test('importing exan does not load TensorFlow.js', () => {
  const code = `require(${JSON.stringify(resolve('build', 'src', 'index.js'))});
    console.log(Object.keys(require.cache).filter((file) => /@tensorflow/.test(file)).length);`;
  assert.equal(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' }).stdout.trim(), '0');
});
