import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../../src/check';
import { fromLayers } from '../../../src/model/tensorflow/fromLayers';
import { denseModel } from '../../support/layersModels';

type Layers = tf.layers.Layer[];
const { layers } = tf;
const relu = { activation: 'relu' } as const;
const dense = (units = 3, options = {}): tf.layers.Layer => layers.dense({ units, ...options });
const conv = (options = {}): tf.layers.Layer =>
  layers.conv2d({ inputShape: [6, 6, 2], filters: 2, kernelSize: 3, ...relu, ...options });
const head = (): Layers => [layers.flatten(), dense()];
/** The layer behind a first hidden layer that is well. */
const vector = (...behind: Layers): Layers => [layers.dense({ inputShape: [4], units: 5 }), ...behind];

function refused(list: Layers, message: RegExp): void {
  assert.throws(
    () => fromLayers(tf.sequential({ layers: list })),
    (error: Error) => error instanceof InputError && message.test(error.message),
    String(message),
  );
}

test('fromLayers names the layer whose kind or activation is not understood, and says why', () => {
  refused(
    [conv(), layers.batchNormalization({ name: 'norm' }), ...head()],
    /norm \(BatchNormalization\) stands behind relu, expected it right behind a convolution or dense/,
  );
  refused(
    [layers.batchNormalization({ name: 'norm', inputShape: [6, 6, 2] }), conv(), ...head()],
    /norm \(BatchNormalization\) stands behind the input/,
  );
  refused(
    vector(layers.batchNormalization(), layers.batchNormalization({ name: 'norm' }), layers.reLU(), dense()),
    /norm \(BatchNormalization\) stands behind another batch normalisation/,
  );
  refused(
    vector(layers.activation({ name: 'soft', activation: 'sigmoid' }), dense()),
    /layer soft \(Activation\) is sigmoid, expected relu, leakyRelu, relu6: .*no neuron of sigmoid is ever off.*baselines/,
  );
  refused(
    [layers.leakyReLU({ name: 'l', inputShape: [4] }), dense(), layers.reLU(), dense()],
    /l \(LeakyReLU\) is leaky/,
  );
  refused(
    [conv(), layers.leakyReLU({ name: 'l', alpha: 1.5 }), ...head()],
    /l \(LeakyReLU\): alpha is 1.5, expected a number >= 0 and below 1/,
  );
  refused([conv(), layers.prelu({ name: 'p' }), ...head()], /p \(PReLU\): is not understood/);
  refused(vector(layers.elu({ name: 'e' }), dense()), /layer e \(ELU\): is not understood, expected one of Conv2D/);
  refused([conv(), layers.zeroPadding2d({ name: 'pad' }), ...head()], /pad \(ZeroPadding2D\): is not understood/);
  refused(
    [conv({ inputShape: [6, 7, 2] }), layers.globalAveragePooling2d({ name: 'g' }), dense()],
    /g \(GlobalAveragePooling2D\) gets planes of 4 x 5, expected squares/,
  );
  refused(vector(layers.gaussianNoise({ stddev: 1, name: 'n' }), dense()), /n \(GaussianNoise\): is not understood/);
  refused([layers.dense({ inputShape: [4], units: 20, ...relu }), denseModel()], /\(Sequential\): is not understood/);
  for (const activation of ['elu', 'tanh'] as const)
    refused(
      vector(dense(3, { activation, name: 'd' }), dense()),
      new RegExp(`d \\(Dense\\): activation is "${activation}"`),
    );
  refused(vector(dense(3, { activation: 'relu6', name: 'd' }), dense()), /d \(Dense\) is dense, expected relu/);
  refused(vector(layers.reLU({ maxValue: 4, name: 'four' }), dense()), /four \(ReLU\): maxValue is 4/);
  refused([conv(), layers.reLU({ maxValue: 1, name: 'one' }), ...head()], /one \(ReLU\): maxValue is 1, expected none/);
});
test('fromLayers names the layer with an option that networks here do not have', () => {
  const cases: [object, RegExp][] = [
    [{ dilationRate: 2 }, /dilationRate is \[2,2\], expected 1/],
    [{ kernelSize: [3, 2] }, /kernelSize is \[3,2\], expected a square/],
    [{ strides: [2, 1] }, /strides is \[2,1\], expected the same/],
    [{ dataFormat: 'channelsFirst' }, /dataFormat is channelsFirst, expected channelsLast/],
    [{ kernelSize: 2, padding: 'same' }, /padding 'same' puts 0 \+ 1 and 0 \+ 1 zeros around 6 x 6 at stride 1/],
    [{ strides: 2, padding: 'same' }, /padding 'same' puts 0 \+ 1 and 0 \+ 1 zeros around 6 x 6 at stride 2/],
    [{ kernelRegularizer: 'l1l2' }, /kernelRegularizer is .*expected none: the gradient is of softmax/],
    [{ activation: 'softmax' }, /softmax is not at the end/],
  ];
  for (const [options, message] of cases)
    refused([conv({ name: 'c', ...options }), ...head()], new RegExp(`layer c \\(Conv2D\\):? ${message.source}`));
  const pool = (options: object) => [conv(), layers.maxPooling2d({ name: 'p', ...options } as never), ...head()];
  refused(pool({ poolSize: [2, 1] }), /p \(MaxPooling2D\): poolSize is \[2,1\], expected a square/);
  refused(
    pool({ poolSize: 3, strides: 1, padding: 'same' }),
    /p \(MaxPooling2D\): padding 'same' puts 1 \+ 1 zeros around/,
  );
  refused(pool({ poolSize: 2, strides: 1, padding: 'same' }), /p \(MaxPooling2D\): padding 'same' puts 0 \+ 1/);
});
test('fromLayers names the layer that is not in its place', () => {
  refused([conv(), dense(3, { name: 'd' }), layers.flatten()], /layer d \(Dense\) gets samples of shape \[4,4,2\]/);
  refused(vector(dense(3, { name: 'd' })), /layer d \(Dense\) is dense, expected relu/);
  refused(
    vector(dense(3, { name: 'd', ...relu })),
    /expected relu, leakyRelu, relu6: dense layers and activations take turns/,
  );
  refused([conv(), layers.flatten(), dense(3, { name: 'd', ...relu })], /d \(Dense\) ends in relu/);
  refused(vector(layers.softmax({ name: 's' }), dense()), /s \(Softmax\): softmax is not at the end/);
  refused([layers.reLU({ inputShape: [4], name: 'r' }), dense(), layers.reLU(), dense()], /r \(ReLU\) is relu on the/);
  refused([conv(), layers.flatten()], /the model has no dense layer/);
  refused(vector(), /one dense layer and nothing else/);
  refused(vector(layers.reLU(), dense(1, { name: 'd' })), /d \(Dense\) has 1 unit, expected at least 2 classes/);
  refused(vector(layers.reLU(), dense(3, { useBias: false })), /some dense layers have a bias and some have none/);
});
test('fromLayers refuses what is no chain, not a model, or learns by another loss', () => {
  const input = tf.input({ shape: [4] });
  const apply = (layer: tf.layers.Layer, values: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(values) as tf.SymbolicTensor;
  const shared = dense(4, { name: 'shared', ...relu });
  const once = apply(shared, input);
  const model = (outputs: tf.SymbolicTensor | tf.SymbolicTensor[]) => tf.model({ inputs: input, outputs });
  assert.throws(
    () => fromLayers(model(apply(dense(), apply(shared, once)))),
    /shared \(Dense\) stands in the model twice/,
  );
  const sum = apply(layers.add({ name: 'sum' }), [once, input]);
  assert.throws(
    () => fromLayers(model(apply(dense(), sum))),
    /layer sum \(Add\) takes 2 inputs, expected one: a chain/,
  );
  assert.throws(() => fromLayers(model([once, apply(dense(), once)])), /1 inputs and 2 outputs, expected one of each/);
  assert.throws(() => fromLayers({} as tf.LayersModel), /expected a model of TensorFlow\.js/);
  assert.throws(() => fromLayers(undefined as unknown as tf.LayersModel), /model is undefined, expected a model/);
  const open = tf.sequential({ layers: [conv({ inputShape: [null, 6, 2] }), layers.globalMaxPooling2d({}), dense()] });
  assert.throws(() => fromLayers(open), /samples of shape \[,6,2\], expected fixed sizes|gets samples of shape/);
  const compiled = denseModel();
  compiled.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  assert.throws(() => fromLayers(compiled), /compiled with loss meanSquaredError, expected categoricalCrossentropy/);
  const logits = tf.sequential({ layers: vector(layers.reLU(), dense()) });
  logits.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  assert.throws(() => fromLayers(logits), /takes probabilities, expected a softmax at its end/);
  logits.compile({ optimizer: 'sgd', loss: (y, z) => tf.losses.softmaxCrossEntropy(y, z) });
  assert.equal(fromLayers(logits).layers.length, 3);
});
test('fromLayers names the layer whose weights are not finite', () => {
  const model = denseModel();
  const broken = model.layers[2] as tf.layers.Layer;
  broken.setWeights([tf.fill([64, 32], Number.NaN), tf.zeros([32])]);
  assert.throws(
    () => fromLayers(model),
    (error: Error) => error.message.includes(`layer ${broken.name} (Dense): its kernel holds NaN at index 0`),
  );
});
