import { check, isCount } from '../check';
import { checkKeys, readJson } from '../data/jsonFile';
import { checkOrder } from './architectureOrder';
import { whatRemains } from './checkActivation';

/** One module, of a type named as PyTorch does; in an nn.Sequential its number is its place in the list. */
export type ArchitectureLayer = {
  /** its name in the files, such as `conv1`; needed only where neither numbers nor shapes tell which module it is */
  readonly name?: string;
} /** `stride` is 1 and `padding` 0 where they are not given, as in PyTorch; the kernel is read off the weights */ & (
  | { readonly type: 'Conv2d'; readonly stride?: number; readonly padding?: number }
  /** `stride` is the kernel where it is not given, as in PyTorch */
  | { readonly type: 'MaxPool2d'; readonly kernel: number; readonly stride?: number }
  | { readonly type: 'AvgPool2d'; readonly kernel: number; readonly stride?: number }
  /** its whole planes, or one window for each of output x output values, where that many of one size fit */
  | { readonly type: 'AdaptiveAvgPool2d'; readonly output: number }
  | { readonly type: 'ReLU' }
  /** `slope` is 0.01 where it is not given, as in PyTorch */
  | { readonly type: 'LeakyReLU'; readonly slope?: number }
  /** behind the first Linear only; its slopes are a tensor, and what is shared of their gradient is not used */
  | { readonly type: 'PReLU' }
  | { readonly type: 'ReLU6' }
  /** before the first Linear only */
  | { readonly type: 'Sigmoid' }
  /** in inference mode, right behind a Conv2d; `eps` is 1e-5 where it is not given, as in PyTorch */
  | { readonly type: 'BatchNorm2d'; readonly eps?: number }
  /** the same right behind a Linear */
  | { readonly type: 'BatchNorm1d'; readonly eps?: number }
  | { readonly type: 'Flatten' }
  | { readonly type: 'Linear' }
  /** taken to be off */
  | { readonly type: 'Dropout' }
);

/** What a state_dict does not tell about a convolutional network. */
export interface Architecture {
  /** C, H, W of a sample */
  readonly input: readonly [channels: number, height: number, width: number];
  /** all modules in order; convolutions, pooling and activations, one Flatten, then Linear layers with a ReLU, LeakyReLU, PReLU or ReLU6 between each two */
  readonly layers: readonly ArchitectureLayer[];
}

/** What a key may hold, and whether it must be there. */
interface Key {
  readonly holds: (value: number) => boolean;
  readonly words: string;
  readonly needed?: boolean;
}

const least = (n: number): Key => ({ holds: (value) => isCount(value, n), words: `one integer >= ${n}` });
const needed: Key = { ...least(1), needed: true };
const eps: Key = { holds: (value) => 0 <= value && value < 1, words: 'a number >= 0 and below 1' };

/** Keys of each type of layer. */
const keysOf: Readonly<Record<ArchitectureLayer['type'], Readonly<Record<string, Key>>>> = {
  Conv2d: { stride: least(1), padding: least(0) },
  MaxPool2d: { kernel: needed, stride: least(1) },
  AvgPool2d: { kernel: needed, stride: least(1) },
  AdaptiveAvgPool2d: { output: needed },
  ReLU: {},
  LeakyReLU: { slope: { holds: (value) => 0 <= value && value < 1, words: 'a number >= 0 and below 1' } },
  PReLU: {},
  ReLU6: {},
  Sigmoid: {},
  BatchNorm2d: { eps },
  BatchNorm1d: { eps },
  Flatten: {},
  Linear: {},
  Dropout: {},
};

/**
 * The architecture in a .json file: `{ "input": [3, 32, 32], "layers": [{ "type": "Conv2d", "padding": 1 }, …] }`.
 *
 * @param caller opens the messages
 * @throws InputError naming the layer for a type, key, value or order that is not understood
 */
export function readArchitecture(caller: string, path: string): Architecture {
  const value = readJson(caller, path);
  checkArchitecture(`${caller}: ${path}`, value);
  return value;
}

/**
 * Throws unless the value is an architecture.
 *
 * @param source opens the messages
 */
export function checkArchitecture(source: string, value: unknown): asserts value is Architecture {
  checkKeys(source, value, ['input', 'layers']);
  const { input, layers } = value;
  check(
    Array.isArray(input) && input.length === 3 && input.every((n) => isCount(n)),
    () => `${source}: input is ${JSON.stringify(input)}, expected channels, height and width, e.g. [3, 32, 32]`,
  );
  check(
    Array.isArray(layers),
    () => `${source}: layers is ${JSON.stringify(layers)}, expected a list such as [{ "type": "Conv2d" }, …]`,
  );
  layers.forEach((layer: unknown, k) => {
    checkLayer(source, k, layer);
  });
  checkOrder(source, layers as readonly ArchitectureLayer[]);
}

function checkLayer(source: string, k: number, layer: unknown): void {
  const type = (layer as Partial<ArchitectureLayer> | null)?.type;
  check(
    typeof type === 'string' && Object.hasOwn(keysOf, type),
    () =>
      `${source}: layer ${k} has type ${JSON.stringify(type)}, expected one of ${Object.keys(keysOf).join(', ')}${whatRemains(String(type))}`,
  );
  const where = `${source}: layer ${k} (${type})`;
  checkKeys(where, layer, ['type', 'name', ...Object.keys(keysOf[type])]);
  const { name } = layer;
  check(
    name === undefined || (typeof name === 'string' && name !== ''),
    () => `${where}: name is ${JSON.stringify(name)}, expected that of the module in the files, such as "conv1"`,
  );
  for (const [key, { holds, words, needed }] of Object.entries(keysOf[type])) {
    const given = layer[key];
    check(
      (given === undefined && !needed) || (typeof given === 'number' && holds(given)),
      () => `${where}: ${key} is ${JSON.stringify(given)}, expected ${words}`,
    );
  }
}
