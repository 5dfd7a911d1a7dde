import { check, listed, shown } from '../check';
import type { Tensor } from '../data/safetensors';
import type { Architecture, ArchitectureLayer } from './architecture';
import { orderOf, type Slot } from './moduleOrder';
import { type ModuleTensors, modulesOf } from './moduleTensors';

/**
 * Tensors under the numbers of their modules in the architecture, `0.weight`, `0.bias`, …, whatever the file calls them.
 *
 * Where the architecture has names, those count. Numbers count as they are, behind a prefix too. Other names are matched by kind,
 * shape and order.
 *
 * @param source opens the messages
 * @throws InputError when a name has no place in the architecture, or names and shapes leave several
 */
export function numberedModules(
  source: string,
  { input, layers }: Architecture,
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const modules = modulesOf(source, tensors);
  const places = layers.some(({ name }) => name !== undefined)
    ? byName(source, layers, modules)
    : modules.every(({ path }) => /^(0|[1-9]\d{0,8})$/.test(path))
      ? modules.map((module) => [Number(module.path), module] as const)
      : byShape(source, layers, input[0], modules);
  return new Map(places.flatMap(([k, { parts }]) => [...parts].map(([part, tensor]) => [`${k}.${part}`, tensor])));
}

type Place = readonly [k: number, module: ModuleTensors];

function byName(source: string, layers: readonly ArchitectureLayer[], modules: readonly ModuleTensors[]): Place[] {
  return modules.map((module) => {
    // either may have a prefix that the other has not
    const called = (name: string): boolean =>
      name === module.path || name.endsWith(`.${module.path}`) || module.name.endsWith(`.${name}`);
    const found = layers.flatMap(({ name }, k) => (name !== undefined && called(name) ? [k] : []));
    check(
      found.length === 1,
      () =>
        `${source} has a module ${shown(module.name)}, which ${found.length} layers of the architecture are called, expected one of ${listed(layers.flatMap(({ name }) => name ?? []))}`,
    );
    return [found[0], module] as const;
  });
}

function byShape(
  source: string,
  layers: readonly ArchitectureLayer[],
  channels: number,
  modules: readonly ModuleTensors[],
): Place[] {
  const slots = layers.flatMap(({ type }, k) => {
    const slot = slotOf[type];
    return slot ? [{ slot, k }] : [];
  });
  const order = orderOf(
    modules,
    slots.map(({ slot }) => slot),
    channels,
  );
  check(
    typeof order !== 'string',
    () =>
      `${source} has modules ${listed(modules.map(({ name }) => name))}, which fit the architecture in ${order === 'none' ? 'no' : 'more than one'} order, expected one; ` +
      'give each of its layers the "name" that the module has in the file',
  );
  return order.flatMap((module, i) => (module ? [[slots[i].k, module] as const] : []));
}

const slotOf: Readonly<Partial<Record<ArchitectureLayer['type'], Slot>>> = {
  Conv2d: 'Conv2d',
  Linear: 'Linear',
  BatchNorm1d: 'BatchNorm',
  BatchNorm2d: 'BatchNorm',
  PReLU: 'PReLU',
};
