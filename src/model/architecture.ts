import { check, isCount } from '../check';
import { readBytes } from '../data/files';
import { repeatedKey } from '../data/repeatedKey';
import { checkOrder } from './architectureOrder';

/** One module of an nn.Sequential, named as PyTorch does; its number there is its place in the list. */
export type ArchitectureLayer =
  /** `stride` is 1 and `padding` 0 where they are not given, as in PyTorch; the kernel is read off the weights */
  | { readonly type: 'Conv2d'; readonly stride?: number; readonly padding?: number }
  /** `stride` is the kernel where it is not given, as in PyTorch */
  | { readonly type: 'MaxPool2d'; readonly kernel: number; readonly stride?: number }
  | { readonly type: 'AvgPool2d'; readonly kernel: number; readonly stride?: number }
  | { readonly type: 'ReLU' }
  | { readonly type: 'Flatten' }
  | { readonly type: 'Linear' }
  /** taken to be off */
  | { readonly type: 'Dropout' };

/** What a state_dict does not tell about a convolutional network. */
export interface Architecture {
  /** C, H, W of a sample */
  readonly input: readonly [channels: number, height: number, width: number];
  /** all modules in order; convolutions and pooling, one Flatten, then Linear layers with a ReLU between each two */
  readonly layers: readonly ArchitectureLayer[];
}

/** Keys of each type of layer, with the least value of each. */
const keysOf: Readonly<Record<ArchitectureLayer['type'], Readonly<Record<string, number>>>> = {
  Conv2d: { stride: 1, padding: 0 },
  MaxPool2d: { kernel: 1, stride: 1 },
  AvgPool2d: { kernel: 1, stride: 1 },
  ReLU: {},
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
  const source = `${caller}: ${path}`;
  const text = readBytes(caller, path).toString('utf8');
  let value: unknown;
  let why = '';
  try {
    value = JSON.parse(text);
  } catch (error) {
    why = (error as Error).message;
  }
  check(why === '', () => `${source} is not JSON: ${why}`);
  const twice = repeatedKey(text);
  check(twice === undefined, () => `${source} has the key ${twice} twice in one object`);
  checkArchitecture(source, value);
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
  check(type !== ('BatchNorm2d' as string), () => `${source}: layer ${k} is BatchNorm2d, ${batchNorm}`);
  check(
    typeof type === 'string' && Object.hasOwn(keysOf, type),
    () => `${source}: layer ${k} has type ${JSON.stringify(type)}, expected one of ${Object.keys(keysOf).join(', ')}`,
  );
  const where = `${source}: layer ${k} (${type})`;
  checkKeys(where, layer, ['type', ...Object.keys(keysOf[type])]);
  for (const [key, least] of Object.entries(keysOf[type])) {
    const given = layer[key];
    check(
      (given === undefined && key !== 'kernel') || isCount(given as number, least),
      () => `${where}: ${key} is ${JSON.stringify(given)}, expected one integer >= ${least}`,
    );
  }
}

const batchNorm =
  'which is not understood: in training its gradient mixes the samples; in inference mode, fold it into the convolution ' +
  'before it and share the gradient of that network';

function checkKeys(
  where: string,
  value: unknown,
  known: readonly string[],
): asserts value is Readonly<Record<string, unknown>> {
  check(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    () => `${where} is ${JSON.stringify(value)}, expected an object with ${known.join(', ')}`,
  );
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  check(unknown === undefined, () => `${where} has the key ${JSON.stringify(unknown)}, expected ${known.join(', ')}`);
}
