import { check, firstNonFinite, listed, shown } from '../check';
import { isFloat, type Tensor, type TensorType } from '../data/safetensors';
import { matrix } from '../math/matrix';
import type { AffineLayer } from '../types';
import { orderOf } from './moduleOrder';
import { type ModuleTensors, modulesOf, roleOf } from './moduleTensors';

/**
 * Affine layers from the tensors of Linear modules as a PyTorch state_dict names them: `0.weight`, `0.bias`, `2.weight`, or
 * `fc1.weight`, `module.encoder.0.weight`, …
 *
 * Weights are out x in; biases are there for all layers or for none. Numbers in names give the order, and shapes where names do not.
 *
 * @param source opens the messages
 * @throws InputError when names or shapes are not so, layers do not chain or their order is not told, there are fewer than two, or a
 *   value is NaN or infinite
 */
export function layersOf(source: string, tensors: ReadonlyMap<string, Tensor>): AffineLayer[] {
  const modules = modulesOf(source, tensors);
  for (const [name, tensor] of tensors) checkNumbers(source, name, tensor);
  check(modules.length >= 2, () => `${source} has ${modules.length} Linear layers, expected at least 2`);
  const biased = modules[0].parts.has('bias');
  const layers = new Map(modules.map((module) => [module, layerOf(source, module, biased)]));
  const order = orderOf(
    modules,
    modules.map(() => 'Linear' as const),
  );
  check(
    order !== 'several',
    () =>
      `${source} has Linear layers ${listed(modules.map(({ name }) => name))}, whose names and shapes leave several orders, expected one; ` +
      'save the network as an nn.Sequential, or give its modules as architecture, each with its name (exan snippet pytorch writes it)',
  );
  const named = order === 'none' ? modules : (order as readonly ModuleTensors[]);
  const result = named.map((module) => layers.get(module) as AffineLayer);
  named.forEach(({ name }, i) => {
    checkChain(source, name, result, i);
  });
  return result;
}

/** Throws unless the tensor holds finite floating-point numbers; `source` opens the message. */
export function checkNumbers(source: string, name: string, tensor: Tensor): void {
  const bad = firstNonFinite(tensor.data);
  check(
    bad < 0,
    () =>
      `${source}: ${shown(name)} holds ${tensor.data[bad]} at index ${indexIn(tensor, bad)}, expected finite numbers`,
  );
  check(isFloat(tensor), () => `${source}: ${shown(name)} is ${tensor.dtype}, expected floats (F16, BF16, F32 or F64)`);
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

function layerOf(source: string, module: ModuleTensors, biased: boolean): AffineLayer {
  const [weight, bias] = [module.parts.get('weight'), module.parts.get('bias')];
  const at = `${source}: ${shown(module.name)}`;
  check(weight !== undefined || module.parts.has('running_mean'), () => `${at}.weight is missing`);
  const [out = 0, into = 0] = weight?.shape ?? [];
  check(
    weight?.shape.length === 2 && out >= 1 && into >= 1,
    () => `${at}.weight has shape [${shown(String(weight?.shape ?? ''))}], expected out x in${elsewhere(module)}`,
  );
  check(
    biased === (bias !== undefined),
    () => `${at}.bias is ${bias ? 'there' : 'missing'}, expected biases for all layers or for none`,
  );
  return { weight: matrix(out, into, weight.data), ...(bias && { bias: vector(at, bias, out, into) }) };
}

/** Modules that only an architecture explains. */
function elsewhere(module: ModuleTensors): string {
  const role = roleOf(module);
  const words = { Conv2d: 'a convolution', BatchNorm: 'a normalisation', PReLU: 'a PReLU', Linear: '', other: '' }[
    role
  ];
  return words === ''
    ? ''
    : `; it looks like ${words}: give the modules in order as architecture (exan snippet pytorch writes it)`;
}

function vector(at: string, bias: Tensor, out: number, into: number): Float64Array {
  const [length] = bias.shape;
  const hint =
    length === into ? `; ${at.slice(at.lastIndexOf(' ') + 1)}.weight looks transposed, expected out x in` : '';
  check(
    bias.shape.length === 1 && length === out,
    () => `${at}.bias has shape [${shown(String(bias.shape))}], expected [${out}]${hint}`,
  );
  return bias.data;
}

/** Layer i must take what layer i-1 gives. */
function checkChain(source: string, module: string, layers: readonly AffineLayer[], i: number): void {
  const { weight } = layers[i];
  const below = layers[i - 1]?.weight;
  if (!below || below.rows === weight.columns) return;
  const turned = below.rows === weight.rows || below.columns === weight.columns || below.columns === weight.rows;
  check(
    false,
    () =>
      `${source}: ${shown(module)}.weight is ${weight.rows} x ${weight.columns}, expected ${below.rows} columns (the rows of the layer below)` +
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
