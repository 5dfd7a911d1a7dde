import type * as tf from '@tensorflow/tfjs';
import { check, shown } from '../../check';

/** A layer of a TensorFlow.js model in its place: what it is, how it was set, what enters it. */
export interface Link {
  readonly layer: tf.layers.Layer;
  readonly type: string;
  /** opens the messages: caller, name and type of the layer */
  readonly where: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** shape of a sample as it enters, without the batch */
  readonly entering: readonly number[];
}

/**
 * The layers of a model from its input to its output, input layer left out; found on the way back from the output, because
 * `model.layers` does not tell how they are joined.
 *
 * @param caller opens the messages
 * @throws InputError when they are no chain, a layer stands in it twice, or the size of a sample is open
 */
export function layerChain(caller: string, model: tf.LayersModel): Link[] {
  const [inputs, outputs] = [model?.inputs, model?.outputs];
  check(
    Array.isArray(inputs) && Array.isArray(outputs),
    () => `${caller}: model is ${String(model)}, expected a model of TensorFlow.js, e.g. tf.sequential()`,
  );
  check(
    inputs.length === 1 && outputs.length === 1,
    () => `${caller}: the model has ${inputs.length} inputs and ${outputs.length} outputs, expected one of each`,
  );
  const chain: Link[] = [];
  const met = new Set<tf.layers.Layer>();
  let tensor = outputs[0];
  while (tensor.sourceLayer.getClassName() !== 'InputLayer') {
    const layer = tensor.sourceLayer;
    const where = `${caller}: layer ${shown(layer.name)} (${layer.getClassName()})`;
    const { inputTensors } = layer.inboundNodes[tensor.nodeIndex];
    check(inputTensors.length === 1, () => `${where} takes ${inputTensors.length} inputs, expected one: a chain`);
    check(!met.has(layer), () => `${where} stands in the model twice, expected weights of its own for each place`);
    met.add(layer);
    tensor = inputTensors[0];
    const entering = tensor.shape.slice(1) as number[];
    check(
      entering.every((size) => size !== null),
      () => `${where} gets samples of shape [${tensor.shape.slice(1)}], expected fixed sizes; give inputShape in full`,
    );
    const config: Link['config'] = layer.getConfig();
    chain.unshift({ layer, type: layer.getClassName(), where, config, entering });
  }
  check(
    tensor === inputs[0] && chain.length > 0,
    () => `${caller}: the model's output does not come from its input, expected a chain`,
  );
  return chain;
}
