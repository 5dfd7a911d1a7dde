import { check } from '../check';
import type { Tensor, TensorType } from '../data/safetensors';
import { matrix } from '../math/matrix';
import type { ActivationLayer, AffineLayer, ConvNet, PiecewiseLinear, PlaneLayer, PlaneShape } from '../types';
import type { Architecture, ArchitectureLayer } from './architecture';
import { convNetOf, leavingShape } from './convNetOf';
import { leakyOf } from './layers/leakyRelu';
import { sizeOf } from './layers/planes';
import { mlpOf } from './mlp';
import { checkNumbers } from './stateDict';

/**
 * The network of an architecture with the tensors of its state_dict, or with those of a gradient in the place of its weights; where there
 * is batch normalisation, folded tensors.
 *
 * @param source opens the messages
 * @param slopes of PReLU: tensors of a state_dict hold them; those of a gradient hold theirs, which is not used
 * @throws InputError when a tensor is missing, misshapen, not finite or belongs to no layer
 */
export function convNetFrom(
  source: string,
  { input: [channels, height, width], layers }: Architecture,
  tensors: ReadonlyMap<string, Tensor>,
  slopes: 'read' | 'ignored' = 'read',
): ConvNet {
  checkNames(source, layers, tensors);
  const input = { channels, height, width };
  const stack: ConvNet['stack'][number][] = [];
  const linear: AffineLayer[] = [];
  const hidden: PiecewiseLinear[] = [];
  let entering: PlaneShape = input;
  layers.forEach((layer, k) => {
    if (layer.type === 'Linear') {
      const into = linear.length === 0 ? sizeOf(entering) : linear[linear.length - 1].weight.rows;
      linear.push(affineOf(source, k, [into], tensors));
    } else if (layer.type === 'PReLU') {
      const n = linear[linear.length - 1].weight.rows;
      hidden.push(slopes === 'read' ? preluOf(source, k, n, tensors) : { kind: 'relu' });
    } else if (isActivation(layer)) {
      const own = activationOf(layer);
      if (linear.length === 0)
        stack.push(own); // between Flatten and the first Linear it may as well come before
      else hidden.push(own as PiecewiseLinear); // its order was checked
    } else if (!isNothing(layer)) {
      const plane = planeLayer(source, k, layer, entering, tensors);
      if (!plane) return;
      stack.push(plane);
      entering = leavingShape(`${source}: layer ${k} (${layer.type})`, plane);
    }
  });
  const biased = linear[0].bias !== undefined;
  check(
    linear.every(({ bias }) => (bias !== undefined) === biased),
    () => `${source}: some Linear layers have a bias and some have none, expected biases for all or for none`,
  );
  return convNetOf(input, stack, mlpOf(linear, hidden));
}

/** The slopes of the head's PReLUs under their names in its architecture. */
export function slopeTensors(
  { layers }: Architecture,
  { head }: ConvNet,
  dtype: TensorType,
): [name: string, tensor: Tensor][] {
  const own = head.activations.flatMap((a) => (a.kind === 'prelu' ? [a.slopes] : []));
  const named = [...layers.keys()].filter((k) => layers[k].type === 'PReLU');
  return named.map((k, i) => [`${layers[k].name ?? k}.weight`, { dtype, shape: [own[i].length], data: own[i] }]);
}

/** The tensors of a network or gradient under the names and shapes of its architecture. */
export function convTensors(
  source: string,
  { input, layers }: Architecture,
  weights: readonly AffineLayer[],
  dtype: TensorType,
): Map<string, Tensor> {
  const norm = layers.findIndex(({ type }) => type === 'BatchNorm2d' || type === 'BatchNorm1d');
  check(
    norm < 0,
    () =>
      `${source}: layer ${norm} (${layers[norm].type}) is folded here and cannot be taken out again, expected the architecture that writeConvNet gives`,
  );
  const named = layers.flatMap(({ type }, k) => (type === 'Conv2d' || type === 'Linear' ? [{ type, k }] : []));
  check(
    named.length === weights.length,
    () => `${source}: the architecture has ${named.length} layers with weights, expected ${weights.length}`,
  );
  const tensors = new Map<string, Tensor>();
  let [channels] = input;
  named.forEach(({ type, k }, i) => {
    const { weight, bias } = weights[i];
    const kernel = Math.sqrt(weight.columns / channels);
    check(
      type === 'Linear' || Number.isInteger(kernel),
      () => `${source}: layer ${k} (${type}) has ${weight.columns} columns, expected ${channels} channels times k x k`,
    );
    const shape = type === 'Linear' ? [weight.columns] : [channels, kernel, kernel];
    const name = layers[k].name ?? k;
    tensors.set(`${name}.weight`, { dtype, shape: [weight.rows, ...shape], data: weight.data });
    if (bias) tensors.set(`${name}.bias`, { dtype, shape: [bias.length], data: bias });
    channels = weight.rows;
  });
  return tensors;
}

function checkNames(source: string, layers: readonly ArchitectureLayer[], tensors: ReadonlyMap<string, Tensor>): void {
  for (const [name, tensor] of tensors) {
    const index = /^(0|[1-9]\d{0,8})\.(?:weight|bias)$/.exec(name)?.[1];
    check(
      index !== undefined,
      () => `${source} has a tensor ${name}, expected nn.Sequential's names 0.weight, 0.bias, 2.weight, …`,
    );
    const type = layers[Number(index)]?.type;
    check(
      type === 'Conv2d' || type === 'Linear' || (type === 'PReLU' && name.endsWith('weight')),
      () => `${source} has a tensor ${name}, but layer ${index} of the architecture is ${type ?? 'not there'}`,
    );
    checkNumbers(source, name, tensor);
  }
}

type Activation = Extract<ArchitectureLayer, { type: 'ReLU' | 'LeakyReLU' | 'ReLU6' | 'Sigmoid' }>;
type Nothing = Extract<ArchitectureLayer, { type: 'Flatten' | 'Dropout' | 'BatchNorm1d' | 'BatchNorm2d' }>;

function isActivation(layer: ArchitectureLayer): layer is Activation {
  return ['ReLU', 'LeakyReLU', 'ReLU6', 'Sigmoid'].includes(layer.type);
}

/** Layers that leave no trace in the network: dropout is off, and normalisations are folded. */
function isNothing(layer: ArchitectureLayer): layer is Nothing {
  return ['Flatten', 'Dropout', 'BatchNorm1d', 'BatchNorm2d'].includes(layer.type);
}

function activationOf(layer: Activation): ActivationLayer {
  if (layer.type === 'ReLU6') return { kind: 'relu6' };
  if (layer.type === 'Sigmoid') return { kind: 'sigmoid' };
  return leakyOf(layer.type === 'LeakyReLU' ? (layer.slope ?? 0.01) : 0);
}

/** With one slope for all of its neurons, or one for each. */
function preluOf(source: string, k: number, neurons: number, tensors: ReadonlyMap<string, Tensor>): PiecewiseLinear {
  const slopes = tensors.get(`${k}.weight`);
  check(slopes !== undefined, () => `${source}: ${k}.weight is missing, the slopes of PReLU`);
  const [count] = slopes.shape;
  check(
    slopes.shape.length === 1 && (count === 1 || count === neurons),
    () => `${source}: ${k}.weight has shape [${slopes.shape}], expected [1] or [${neurons}], the slopes of PReLU`,
  );
  return { kind: 'prelu', slopes: Float64Array.from({ length: neurons }, (_, j) => slopes.data[count === 1 ? 0 : j]) };
}

/** @returns null for a pooling that leaves the planes as they are */
function planeLayer(
  source: string,
  k: number,
  layer: Exclude<ArchitectureLayer, Activation | Nothing | { type: 'Linear' | 'PReLU' }>,
  input: PlaneShape,
  tensors: ReadonlyMap<string, Tensor>,
): PlaneLayer | null {
  if (layer.type === 'AdaptiveAvgPool2d') return adaptive(`${source}: layer ${k} (${layer.type})`, layer.output, input);
  if (layer.type !== 'Conv2d') {
    const { type, kernel: size, stride = size } = layer;
    return { kind: type === 'MaxPool2d' ? 'maxPool' : 'averagePool', input, size, stride };
  }
  const kernel = tensors.get(`${k}.weight`)?.shape[3] ?? 0;
  const affine = affineOf(source, k, [input.channels, kernel, kernel], tensors);
  return { kind: 'conv2d', input, kernel, stride: layer.stride ?? 1, padding: layer.padding ?? 0, ...affine };
}

/** output x output windows of one size; PyTorch's differ in size where the sides are no multiples. */
function adaptive(where: string, output: number, input: PlaneShape): PlaneLayer | null {
  const { height, width } = input;
  const size = height / output;
  check(
    Number.isInteger(size) && width === height,
    () => `${where}: planes of ${height} x ${width} have no ${output} x ${output} square windows of one size`,
  );
  return size === 1 ? null : { kind: 'averagePool', input, size, stride: size };
}

/** Weight out x into, and bias where there is one; the first dimension may be any, the others may not. */
function affineOf(
  source: string,
  k: number,
  into: readonly number[],
  tensors: ReadonlyMap<string, Tensor>,
): AffineLayer {
  const weight = tensors.get(`${k}.weight`);
  check(weight !== undefined, () => `${source}: ${k}.weight is missing`);
  const [out, ...rest] = weight.shape;
  const wanted = into.length === 1 ? into : [into[0], 'k', 'k'];
  check(
    out >= 1 && rest.length === into.length && rest.every((size, i) => size === into[i] && size >= 1),
    () => `${source}: ${k}.weight has shape [${weight.shape}], expected [out, ${wanted.join(', ')}]`,
  );
  const bias = tensors.get(`${k}.bias`);
  check(
    !bias || (bias.shape.length === 1 && bias.shape[0] === out),
    () => `${source}: ${k}.bias has shape [${bias?.shape}], expected [${out}]`,
  );
  const columns = into.reduce((product, size) => product * size, 1);
  return { weight: matrix(out, columns, weight.data), ...(bias && { bias: bias.data }) };
}
