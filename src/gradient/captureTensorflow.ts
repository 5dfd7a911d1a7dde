import type * as tf from '@tensorflow/tfjs';
import { check } from '../check';
import { channelsLast } from '../data/channels';
import { foldedGradient } from '../model/batchNorm';
import { affineFrom, type KernelAndBias } from '../model/tensorflow/kernelOrder';
import type { LayersModel } from '../model/tensorflow/layersModel';
import { type LayersPlan, layersPlan } from '../model/tensorflow/layersPlan';
import { networkOf, normOf } from '../model/tensorflow/networkOf';
import type { AffineLayer, AveragedGradient, Batch, Reduction } from '../types';
import { checkBatch } from './captureGradient';

/** A gradient of TensorFlow.js in the order of `fromLayers(model)`, and where it was computed. */
export interface TensorflowGradient {
  readonly gradient: AveragedGradient;
  /** name of the backend that ran, e.g. 'cpu', 'wasm' or 'tensorflow' */
  readonly backend: string;
}

/**
 * The gradient of softmax cross-entropy that a client shares, computed by TensorFlow.js itself in float32 on the backend that is set,
 * batch normalisation in inference mode.
 *
 * @param batch as `fromLayers(model)` takes it
 * @throws InputError when the model has a layer that `fromLayers` does not take or that is frozen, a batch normalisation whose scale is
 * zero, the batch does not fit it, or the backend lacks an operation
 * @example
 * const hidden = tf.layers.dense({ inputShape: [784], units: 32, activation: 'relu' });
 * const layers = tf.sequential({ layers: [hidden, tf.layers.dense({ units: 10 })] });
 * const shared = await captureTensorflow(layers, secret);
 * certify(fromLayers(layers), shared.gradient, secret).verdict;  // => 'holds'
 */
export async function captureTensorflow(
  model: LayersModel,
  batch: Batch,
  { reduction = 'mean' }: { readonly reduction?: Reduction } = {},
): Promise<TensorflowGradient> {
  check(
    reduction === 'mean' || reduction === 'sum',
    () => `captureTensorflow: reduction is ${String(reduction)}, expected mean or sum`,
  );
  const plan = layersPlan('captureTensorflow', model as tf.LayersModel);
  checkBatch('captureTensorflow', networkOf('captureTensorflow', plan), batch);
  const tf = await import('@tensorflow/tfjs'); // large: only who has a model of it waits for it
  await tf.ready();
  const [backend, bits] = [tf.getBackend(), tf.backend().floatPrecision()];
  check(
    bits === 32,
    () => `captureTensorflow: backend ${backend} computes in ${bits} bits, expected 32; take tf.setBackend('cpu')`,
  );
  try {
    const gradients = gradientsOf(plan, (variables) =>
      tf.variableGrads(() => lossOf(tf, plan, batch, reduction), variables),
    );
    return { gradient: { gradients, reduction, precision: 'float32' }, backend };
  } catch (error) {
    const missing = /Kernel '(\w+)' not registered/.exec((error as Error).message)?.[1];
    check(
      missing === undefined,
      () => `captureTensorflow: backend ${backend} has no ${missing}, expected one that has; take tf.setBackend('cpu')`,
    );
    throw error;
  }
}

/** The gradients of all layers with weights, bottom up, turned as the weights are, batch normalisation folded. */
function gradientsOf(
  { stack, dense }: LayersPlan,
  differentiate: (variables: tf.Variable[]) => { value: tf.Scalar; grads: tf.NamedTensorMap },
): AffineLayer[] {
  const weighted = [...stack, ...dense].filter((step) => step.kind === 'conv2d' || step.kind === 'dense');
  const variables = weighted.map(({ layer, where }) => {
    check(
      layer.trainableWeights.length === layer.weights.length,
      () => `${where} is frozen, so it has no gradient, expected trainable layers only`,
    );
    return variablesOf(layer);
  });
  const betas = weighted.map(({ norm }) => (norm?.layer.getConfig().center ? variablesOf(norm.layer).slice(-1) : []));
  const { value, grads } = differentiate([...variables, ...betas].flat());
  const read = ({ name }: tf.Variable): Float32Array => grads[name].dataSync<'float32'>();
  try {
    return weighted.map(({ from, norm }, i) => {
      const own = affineFrom(variables[i].map(read) as unknown as KernelAndBias, from);
      const [beta] = betas[i].map((variable) => Float64Array.from(read(variable)));
      return norm ? foldedGradient(norm.where, own, beta, normOf(norm)) : own;
    });
  } finally {
    for (const tensor of [value, ...Object.values(grads)]) tensor.dispose();
  }
}

/** Those with a gradient; beta is the last one of a batch normalisation that has it. */
function variablesOf({ trainableWeights }: tf.layers.Layer): tf.Variable[] {
  return trainableWeights.map((weight) => weight.read() as tf.Variable);
}

function lossOf(
  tf: typeof import('@tensorflow/tfjs'),
  plan: LayersPlan,
  batch: Batch,
  reduction: Reduction,
): tf.Scalar {
  const { inputs } = plan.input ? channelsLast(batch, plan.input) : batch;
  const shape = [inputs.rows, ...plan.chain[0].entering];
  let values: tf.Tensor = tf.tensor(Float32Array.from(inputs.data), shape, 'float32');
  for (const { layer, type, config } of plan.chain) {
    const soft = type === 'Softmax' || config.activation === 'softmax';
    if (soft && type === 'Dense') {
      const [kernel, bias] = layer.weights.map((weight) => weight.read());
      const product = tf.matMul(values, kernel);
      values = bias ? tf.add(product, bias) : product;
    } else if (type === 'BatchNormalization') values = normed(tf, values, layer, config);
    else if (!soft) values = layer.apply(values) as tf.Tensor;
  }
  const hot = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), values.shape[1] as number);
  const how = reduction === 'mean' ? tf.Reduction.MEAN : tf.Reduction.SUM;
  return tf.losses.softmaxCrossEntropy(hot, values, undefined, 0, how) as tf.Scalar;
}

/** By its moving statistics. The layer itself cannot be differentiated where gamma or beta is missing: TensorFlow.js takes them for there. */
function normed(
  tf: typeof import('@tensorflow/tfjs'),
  values: tf.Tensor,
  layer: tf.layers.Layer,
  { scale, center, epsilon }: Readonly<Record<string, unknown>>,
): tf.Tensor {
  const weights = layer.weights.map((weight) => weight.read());
  const [mean, variance] = weights.slice(-2);
  const gamma = scale ? weights[0] : tf.onesLike(mean);
  const beta = center ? weights[weights.length - 3] : tf.zerosLike(mean);
  return tf.batchNorm(
    values as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    beta as tf.Tensor1D,
    gamma as tf.Tensor1D,
    epsilon as number,
  );
}
