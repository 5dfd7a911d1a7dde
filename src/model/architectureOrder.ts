import { check } from '../check';
import type { ArchitectureLayer } from './architecture';
import { whatRemains } from './checkActivation';

type Type = ArchitectureLayer['type'];

/** Throws unless convolutions and pooling come first, then one Flatten, then Linear layers with a piecewise linear activation between each two. */
export function checkOrder(source: string, layers: readonly ArchitectureLayer[]): void {
  const flatten = layers.findIndex(({ type }) => type === 'Flatten');
  check(flatten >= 0, () => `${source} has no Flatten, expected one between the convolutions and the Linear layers`);
  layers.forEach(({ type }, k) => {
    const allowed = k < flatten ? planes : k > flatten ? flat : ['Flatten'];
    check(
      allowed.includes(type),
      () =>
        `${source}: layer ${k} is ${type}, expected one of ${allowed.join(', ')} ${k < flatten ? 'before' : 'behind'} Flatten`,
    );
  });
  checkNorms(source, layers);
  const rest = (type: Type): boolean => type !== 'Dropout' && type !== 'BatchNorm1d';
  const head = layers.flatMap(({ type }, k) => (k > flatten && rest(type) ? [{ type, k }] : []));
  const first = head.findIndex(({ type }) => type === 'Linear'); // activations before it belong to the planes
  check(first >= 0, () => `${source} has no Linear layer behind Flatten, expected at least one`);
  const early = head.slice(0, first).find(({ type }) => type === 'PReLU');
  check(
    early === undefined,
    () => `${source}: layer ${early?.k} is PReLU before the first Linear, expected it between Linear layers only`,
  );
  head.slice(first).forEach(({ type, k }, i) => {
    const expected: readonly Type[] = i % 2 === 0 ? ['Linear'] : hidden;
    check(
      expected.includes(type),
      () =>
        `${source}: layer ${k} is ${type}, expected ${expected.join(', ')}: Linear layers and activations take turns${whatRemains(type)}`,
    );
  });
  const last = head[head.length - 1];
  check(
    last.type === 'Linear',
    () => `${source}: layer ${last.k} is ${last.type}, expected a Linear layer as the last`,
  );
}

/** Batch normalisation is part of the layer before it, or nothing here knows what to do with it. */
function checkNorms(source: string, layers: readonly ArchitectureLayer[]): void {
  layers.forEach(({ type }, k) => {
    if (type !== 'BatchNorm2d' && type !== 'BatchNorm1d') return;
    const before = layers[normedBy(layers, k)]?.type;
    const expected = type === 'BatchNorm2d' ? 'Conv2d' : 'Linear';
    check(
      before === expected,
      () =>
        `${source}: layer ${k} is ${type} behind ${before ?? 'nothing'}, expected it right behind a ${expected}, into which it is folded`,
    );
  });
}

/** Number of the layer that stands before another, Dropout left out; -1 at the bottom. */
export function normedBy(layers: readonly ArchitectureLayer[], k: number): number {
  let below = k - 1;
  while (below >= 0 && layers[below].type === 'Dropout') below--;
  return below;
}

/** Between Linear layers. */
const hidden: readonly Type[] = ['ReLU', 'LeakyReLU', 'PReLU', 'ReLU6'];
const activations: readonly Type[] = ['ReLU', 'LeakyReLU', 'ReLU6', 'Sigmoid'];
const planes: readonly Type[] = [
  ...(['Conv2d', 'BatchNorm2d', 'MaxPool2d', 'AvgPool2d', 'AdaptiveAvgPool2d'] as const),
  ...activations,
  'Dropout',
];
const flat: readonly Type[] = ['Linear', 'BatchNorm1d', ...activations, 'PReLU', 'Dropout'];
