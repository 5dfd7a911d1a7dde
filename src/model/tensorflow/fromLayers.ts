import type * as tf from '@tensorflow/tfjs';
import type { ConvNet, Mlp } from '../../types';
import type { LayersModel } from './layersModel';
import { layersPlan } from './layersPlan';
import { networkOf } from './networkOf';

/**
 * The network of a TensorFlow.js model, a chain of dense, conv2d, pooling, flatten and activation layers (ReLU; before the first dense layer
 * leaky ReLU and ReLU6 too). Batch normalisation right behind a layer with weights is folded into it by its moving statistics, a softmax
 * at the end is taken off, dropout is off. With convolutions samples are C x H x W (`data.channelsFirst`), without they are flattened H x W x C.
 *
 * @throws InputError naming the layer for anything else or in another place, and for a padding 'same' that is not the same on all sides
 * @example
 * const hidden = tf.layers.dense({ inputShape: [784], units: 32, activation: 'relu' });
 * fromLayers(tf.sequential({ layers: [hidden, tf.layers.dense({ units: 10 })] })).layers.length;  // => 3
 */
export function fromLayers(model: LayersModel): Mlp | ConvNet {
  return networkOf('fromLayers', layersPlan('fromLayers', model as tf.LayersModel));
}
