import { check } from '../check';
import type { ArchitectureLayer } from './architecture';

/** Throws unless convolutions and pooling come first, then one Flatten, then Linear layers with a ReLU between each two. */
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
  const head = layers.flatMap(({ type }, k) => (k > flatten && type !== 'Dropout' ? [{ type, k }] : []));
  const first = head.findIndex(({ type }) => type === 'Linear'); // ReLUs before it belong to the planes
  check(first >= 0, () => `${source} has no Linear layer behind Flatten, expected at least one`);
  head.slice(first).forEach(({ type, k }, i) => {
    const expected = i % 2 === 0 ? 'Linear' : 'ReLU';
    check(
      type === expected,
      () => `${source}: layer ${k} is ${type}, expected ${expected}: Linear and ReLU take turns`,
    );
  });
  const last = head[head.length - 1];
  check(
    last.type === 'Linear',
    () => `${source}: layer ${last.k} is ${last.type}, expected a Linear layer as the last`,
  );
}

const planes: readonly string[] = ['Conv2d', 'MaxPool2d', 'AvgPool2d', 'ReLU', 'Dropout'];
const flat: readonly string[] = ['Linear', 'ReLU', 'Dropout'];
