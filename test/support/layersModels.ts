import * as tf from '@tensorflow/tfjs';

tf.enableProdMode(); // no word about a faster backend on standard error

/** A seeded start for kernel and bias; biases that are not zero show when one is lost or misplaced. */
export const start = (seed: number) => ({
  kernelInitializer: tf.initializers.heNormal({ seed }),
  biasInitializer: tf.initializers.randomNormal({ seed: seed + 1, stddev: 0.1 }),
});

/** 20-64-32-5 with ReLUs as options, and a softmax that is taken off. */
export function denseModel(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [20], units: 64, activation: 'relu', ...start(1) }),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.dense({ units: 32, activation: 'relu', ...start(2) }),
      tf.layers.dense({ units: 5, activation: 'softmax', ...start(3) }),
    ],
  });
}

/** 20-64-32-5 with leaky ReLU and ReLU6 between dense layers. */
export function leakyModel(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [20], units: 64, ...start(1) }),
      tf.layers.leakyReLU({ alpha: 0.2 }),
      tf.layers.dense({ units: 32, activation: 'relu6', ...start(2) }),
      tf.layers.dense({ units: 5, activation: 'softmax', ...start(3) }),
    ],
  });
}

/** Every layer that is understood, on 7 x 9 pictures with three channels: what is mixed up does not fit or differs. */
export function convModel(): tf.LayersModel {
  const input = tf.input({ shape: [7, 9, 3] });
  const chain = [
    tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', ...start(11) }),
    tf.layers.maxPooling2d({ poolSize: 3, strides: 1 }),
    tf.layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same', ...start(12) }),
    tf.layers.reLU(),
    tf.layers.averagePooling2d({ poolSize: 1, padding: 'same' }),
    tf.layers.conv2d({ filters: 5, kernelSize: 2, useBias: false, ...start(13) }),
    tf.layers.dropout({ rate: 0.9 }),
    tf.layers.flatten(),
    tf.layers.activation({ activation: 'relu' }),
    tf.layers.dense({ units: 8, activation: 'linear', ...start(14) }),
    tf.layers.activation({ activation: 'relu' }),
    tf.layers.dense({ units: 3, ...start(15) }),
    tf.layers.softmax(),
  ];
  const output = chain.reduce((values, layer) => layer.apply(values) as tf.SymbolicTensor, input);
  return tf.model({ inputs: input, outputs: output });
}

/** Gamma, beta, mean and variance that are far from their start, gamma of both signs. */
export const norm = (seed: number) => ({
  gammaInitializer: tf.initializers.randomNormal({ seed, mean: 0.5, stddev: 1 }),
  betaInitializer: tf.initializers.randomNormal({ seed: seed + 1, stddev: 0.3 }),
  movingMeanInitializer: tf.initializers.randomNormal({ seed: seed + 2, stddev: 0.5 }),
  movingVarianceInitializer: tf.initializers.randomUniform({ seed: seed + 3, minval: 0.2, maxval: 3 }),
});

/** Batch normalisation with and without biases before it, leaky ReLU, ReLU6 (values pass both of its ends), a mean of whole planes. */
export function normedModel(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 3],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        ...start(21),
      }),
      tf.layers.batchNormalization({ ...norm(22) }),
      tf.layers.leakyReLU({ alpha: 0.2 }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 6, kernelSize: 3, ...start(23) }),
      tf.layers.dropout({ rate: 0.3 }),
      tf.layers.batchNormalization({ axis: 3, epsilon: 0.01, scale: false, ...norm(24) }),
      tf.layers.activation({ activation: 'relu6' }),
      tf.layers.conv2d({ filters: 5, kernelSize: 1, ...start(25) }),
      tf.layers.batchNormalization({ center: false, ...norm(26) }),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 8, useBias: false, ...start(27) }),
      tf.layers.batchNormalization({ ...norm(28) }),
      tf.layers.reLU(),
      tf.layers.dense({ units: 3, activation: 'softmax', ...start(29) }),
    ],
  });
}
