import { check, firstNonFinite, shown } from '../check';
import type { Tensor, TensorType } from '../data/safetensors';
import { matrix } from '../math/matrix';
import type { AffineLayer } from '../types';

/**
 * Affine layers from the tensors of a PyTorch `nn.Sequential` of Linear and ReLU: `0.weight`, `0.bias`, `2.weight`, …
 *
 * Any increasing module indices will do; weights are out x in; biases are there for all layers or for none.
 *
 * @param source opens the messages
 * @throws InputError when names or shapes are not so, layers do not chain, there are fewer than two, or a value is NaN or infinite
 */
export function layersOf(source: string, tensors: ReadonlyMap<string, Tensor>): AffineLayer[] {
  const modules = new Set<number>();
  for (const [name, tensor] of tensors) {
    const index = /^(0|[1-9]\d{0,8})\.(?:weight|bias)$/.exec(name)?.[1];
    check(
      index !== undefined,
      () => `${source} has a tensor ${shown(name)}, expected nn.Sequential's names 0.weight, 0.bias, 2.weight, …`,
    );
    modules.add(Number(index));
    checkNumbers(source, name, tensor);
  }
  check(modules.size >= 2, () => `${source} has ${modules.size} Linear layers, expected at least 2`);
  const order = [...modules].sort((a, b) => a - b);
  const biased = tensors.has(`${order[0]}.bias`);
  const layers = order.map((module) => layerOf(source, module, biased, tensors));
  order.forEach((module, i) => {
    checkChain(source, module, layers, i);
  });
  return layers;
}

/** Throws unless the tensor holds finite floating-point numbers; `source` opens the message. */
export function checkNumbers(source: string, name: string, tensor: Tensor): void {
  const bad = firstNonFinite(tensor.data);
  check(
    bad < 0,
    () => `${source}: ${name} holds ${tensor.data[bad]} at index ${indexIn(tensor, bad)}, expected finite numbers`,
  );
  check(tensor.dtype.startsWith('F'), () => `${source}: ${name} is ${tensor.dtype}, expected F32 or F64`);
}

/** The tensors of a network or gradient, named as {@link layersOf} reads them: 0, 2, 4, … */
export function stateDictOf(layers: readonly AffineLayer[], dtype: TensorType): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  layers.forEach(({ weight, bias }, i) => {
    tensors.set(`${2 * i}.weight`, { dtype, shape: [weight.rows, weight.columns], data: weight.data });
    if (bias) tensors.set(`${2 * i}.bias`, { dtype, shape: [bias.length], data: bias });
  });
  return tensors;
}

function layerOf(source: string, module: number, biased: boolean, tensors: ReadonlyMap<string, Tensor>): AffineLayer {
  const weight = tensors.get(`${module}.weight`);
  const bias = tensors.get(`${module}.bias`);
  check(weight !== undefined, () => `${source}: ${module}.weight is missing`);
  const [out = 0, into = 0] = weight.shape;
  check(
    weight.shape.length === 2 && out >= 1 && into >= 1,
    () => `${source}: ${module}.weight has shape [${shown(String(weight.shape))}], expected out x in`,
  );
  check(
    biased === (bias !== undefined),
    () => `${source}: ${module}.bias is ${bias ? 'there' : 'missing'}, expected biases for all layers or for none`,
  );
  return { weight: matrix(out, into, weight.data), ...(bias && { bias: vector(source, module, bias, out, into) }) };
}

function vector(source: string, module: number, bias: Tensor, out: number, into: number): Float64Array {
  const [length] = bias.shape;
  const hint = length === into ? `; ${module}.weight looks transposed, expected out x in` : '';
  check(
    bias.shape.length === 1 && length === out,
    () => `${source}: ${module}.bias has shape [${shown(String(bias.shape))}], expected [${out}]${hint}`,
  );
  return bias.data;
}

/** Layer i must take what layer i-1 gives. */
function checkChain(source: string, module: number, layers: readonly AffineLayer[], i: number): void {
  const { weight } = layers[i];
  const below = layers[i - 1]?.weight;
  if (!below || below.rows === weight.columns) return;
  const turned = below.rows === weight.rows || below.columns === weight.columns || below.columns === weight.rows;
  check(
    false,
    () =>
      `${source}: ${module}.weight is ${weight.rows} x ${weight.columns}, expected ${below.rows} columns (the rows of the layer below)` +
      `${turned ? '; a weight looks transposed, expected out x in' : ''}`,
  );
}

function indexIn({ shape }: Tensor, flat: number): string {
  const indices: number[] = [];
  let rest = flat;
  for (let d = shape.length - 1; d >= 0; d--) {
    indices.unshift(rest % shape[d]);
    rest = Math.floor(rest / shape[d]);
  }
  return indices.join(', ');
}
