import { check, shown } from '../check';
import { isFloat, type Tensor } from '../data/safetensors';

/** Tensors of one module of a network, such as `fc1.weight` and `fc1.bias`. */
export interface ModuleTensors {
  /** `fc1`: its place in the network, without what all modules have in front, such as `module.`, `model.` or `_orig_mod.` */
  readonly path: string;
  /** its name in the file */
  readonly name: string;
  /** by their last part: weight, bias, running_mean, … */
  readonly parts: ReadonlyMap<string, Tensor>;
}

/** Far more than any network that is attacked here has. */
const MOST = 1000;

/** What PyTorch calls the tensors of the modules that are understood. */
const parts = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];

/**
 * The tensors of a file by module, in natural order: `fc2` before `fc10`.
 *
 * @param source opens the messages
 * @throws InputError for a tensor that is no part of such a module
 */
export function modulesOf(source: string, tensors: ReadonlyMap<string, Tensor>): ModuleTensors[] {
  const modules = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of tensors) {
    const cut = name.lastIndexOf('.');
    const part = name.slice(cut + 1);
    check(
      cut > 0 && parts.includes(part),
      () =>
        `${source} has a tensor ${shown(name)}, expected the weights and biases of modules, such as fc1.weight${why(name)}`,
    );
    const own = modules.get(name.slice(0, cut)) ?? new Map<string, Tensor>();
    modules.set(name.slice(0, cut), own.set(part, tensor));
  }
  check(modules.size <= MOST, () => `${source} has ${modules.size} modules with tensors, expected at most ${MOST}`);
  const names = [...modules.keys()].sort(natural);
  const shared = sharedPrefix(names);
  return names.map((name) => ({ name, path: name.slice(shared), parts: modules.get(name) ?? new Map() }));
}

/** Length of what all names have in front, whole parts only; a name is never used up. */
function sharedPrefix(names: readonly string[]): number {
  const [first = ''] = names;
  let end = 0;
  for (let dot = first.indexOf('.'); dot >= 0; dot = first.indexOf('.', dot + 1))
    if (names.every((name) => name.startsWith(first.slice(0, dot + 1)))) end = dot + 1;
  return end;
}

function why(name: string): string {
  if (/parametrizations|weight_[gvu]$|weight_orig$/.test(name))
    return '; take weight norm, spectral norm or pruning out first (torch.nn.utils.parametrize.remove_parametrizations)';
  if (/in_proj|lora_|embed/.test(name)) return '; attention, adapters and embeddings are not attacked here';
  return '';
}

/** Numbers as numbers; otherwise by code unit, the same everywhere. */
function natural(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => name.split(/(\d+)/));
  for (let k = 0; k < Math.min(x.length, y.length); k++) {
    if (x[k] === y[k]) continue;
    const difference = k % 2 === 1 ? Number(x[k]) - Number(y[k]) : 0;
    return difference || (x[k] < y[k] ? -1 : 1);
  }
  return x.length - y.length;
}

/** What a module must be, from its tensors; 'other' where no layer has such ones. */
export function roleOf({ parts }: ModuleTensors): 'Linear' | 'Conv2d' | 'BatchNorm' | 'PReLU' | 'other' {
  const rank = parts.get('weight')?.shape.length;
  if (parts.has('running_mean') || (rank === 1 && parts.has('bias'))) return 'BatchNorm';
  if (rank === 1) return 'PReLU';
  if (rank === 2) return 'Linear';
  return rank === 4 ? 'Conv2d' : 'other';
}

/** True when the module's weights are floating-point numbers, as far as it has any. */
export function hasFloats({ parts }: ModuleTensors): boolean {
  return [...parts].every(([part, tensor]) => part === 'num_batches_tracked' || isFloat(tensor));
}
