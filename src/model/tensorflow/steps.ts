import type * as tf from '@tensorflow/tfjs';
import { check } from '../../check';
import type { ActivationLayer, Conv2dLayer, MaxPoolLayer, PlaneShape } from '../../types';
import { whatRemains } from '../checkActivation';
import { leakyOf } from '../layers/leakyRelu';
import { checkOptions, firstOf } from './checkOptions';
import type { Link } from './layerChain';
import { samePadding } from './samePadding';

/** A layer with weights, what one row of them looks at, and the batch normalisation behind it, which is folded into them. */
interface Weighted {
  readonly layer: tf.layers.Layer;
  readonly from: PlaneShape;
  readonly norm?: Norm;
}

/** Batch normalisation, by its moving statistics. */
export interface Norm {
  readonly layer: tf.layers.Layer;
  readonly where: string;
  readonly eps: number;
}

/** What a layer does, its activation apart; `where` opens the messages. */
export type Step = { readonly where: string } & (
  | ({ readonly kind: 'conv2d' } & Weighted & Pick<Conv2dLayer, 'input' | 'kernel' | 'stride' | 'padding'>)
  | ({ readonly kind: 'maxPool' | 'averagePool' } & Pick<MaxPoolLayer, 'input' | 'size' | 'stride'>)
  | ({ readonly kind: 'dense' } & Weighted)
  | { readonly kind: 'flatten'; readonly input: readonly number[] }
  | ActivationLayer
  | ({ readonly kind: 'norm' } & Norm)
  | { readonly kind: 'softmax' }
);

/**
 * What one layer does: its own step, then that of its activation.
 *
 * @throws InputError naming the layer when networks here have none that does the same
 */
export function stepsOf(link: Link): Step[] {
  const { type, where } = link;
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  check(read !== undefined, () => `${where}: is not understood, expected one of ${Object.keys(readers).join(', ')}`);
  checkOptions(link);
  return [...read(link), ...activationOf(link)];
}

const readers: Readonly<Record<string, (link: Link) => Step[]>> = {
  Conv2D: (link) => [convolution(link)],
  MaxPooling2D: (link) => [pooling('maxPool', link)],
  AveragePooling2D: (link) => [pooling('averagePool', link)],
  GlobalAveragePooling2D: (link) => wholePlane('averagePool', link),
  GlobalMaxPooling2D: (link) => wholePlane('maxPool', link),
  BatchNormalization: ({ layer, where, config }) => [{ kind: 'norm', where, layer, eps: config.epsilon as number }],
  Flatten: ({ where, entering }) => [{ kind: 'flatten', where, input: entering }],
  Dense: ({ layer, where, entering }) => {
    check(
      entering.length === 1,
      () => `${where} gets samples of shape [${entering}], expected a vector; put tf.layers.flatten() before it`,
    );
    return [{ kind: 'dense', where, layer, from: { channels: entering[0], height: 1, width: 1 } }];
  },
  Activation: () => [],
  ReLU: ({ where, config }) => [
    { kind: config.maxValue === null || config.maxValue === undefined ? 'relu' : 'relu6', where },
  ],
  LeakyReLU: ({ where, config }) => [{ where, ...leakyOf(config.alpha as number) }],
  Softmax: ({ where }) => [{ kind: 'softmax', where }],
  Dropout: () => [], // off: what it withholds is chance, and only the client knows it
};

function activationOf({ config: { activation }, where }: Link): Step[] {
  if (activation === undefined || activation === 'linear') return [];
  check(
    activation === 'relu' || activation === 'relu6' || activation === 'sigmoid' || activation === 'softmax',
    () =>
      `${where}: activation is ${JSON.stringify(activation)}, expected linear, relu, relu6, sigmoid, or softmax at the end${whatRemains(String(activation))}`,
  );
  return [{ kind: activation, where }];
}

function convolution({ layer, where, config, entering }: Link): Step {
  const input = planes(entering);
  const [kernel, stride] = [firstOf(config.kernelSize), firstOf(config.strides)];
  const padding = config.padding === 'same' ? samePadding(where, input, kernel, stride) : 0;
  const from = { channels: input.channels, height: kernel, width: kernel };
  return { kind: 'conv2d', where, layer, from, input, kernel, stride, padding };
}

function pooling(kind: 'maxPool' | 'averagePool', { where, config, entering }: Link): Step {
  const input = planes(entering);
  const [size, stride] = [firstOf(config.poolSize), firstOf(config.strides)];
  const padding = config.padding === 'same' ? samePadding(where, input, size, stride) : 0;
  check(
    padding === 0,
    () =>
      `${where}: padding 'same' puts ${padding} + ${padding} zeros around ${input.height} x ${input.width}, expected windows inside the plane; take 'valid'`,
  );
  return { kind, where, input, size, stride };
}

/** One value for each plane, as a vector. */
function wholePlane(kind: 'maxPool' | 'averagePool', { where, entering }: Link): Step[] {
  const input = planes(entering);
  const { channels, height, width } = input;
  check(height === width, () => `${where} gets planes of ${height} x ${width}, expected squares`);
  const vector = { kind: 'flatten', where, input: [1, 1, channels] } as const;
  return height === 1 ? [vector] : [{ kind, where, input, size: height, stride: height }, vector];
}

/** H x W x C as TensorFlow.js has it. */
export function planes([height, width, channels]: readonly number[]): PlaneShape {
  return { channels, height, width };
}
