import type { Cursor } from './cursor';
import type { Layer } from './exclusivityData';

const clamp = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));

/** What a key means on the map: a new place of the cursor, an action, or nothing. */
export function keyAction(
  key: string,
  at: Cursor,
  layers: readonly Layer[],
): Cursor | 'choose' | 'release' | undefined {
  const layer = layers[at.layer];
  if (!layer) return undefined;
  const to = (sample: number, neuron: number, index = at.layer): Cursor => {
    const target = layers[clamp(index, layers.length)] ?? layer;
    return {
      layer: clamp(index, layers.length),
      sample: clamp(sample, target.samples),
      neuron: clamp(neuron, target.neurons),
    };
  };
  // of the sample pointed at; where none is, the first or last ExAN of the layer, whosever it is
  const nextExan = (step: 1 | -1): Cursor => {
    const none = at.sample < 0;
    const from = none ? (step > 0 ? 0 : layer.neurons - 1) : at.neuron + step;
    for (let j = from; j >= 0 && j < layer.neurons; j += step) {
      const owner = layer.owner(j);
      if (none ? owner >= 0 : owner === at.sample) return to(owner, j);
    }
    return at;
  };
  switch (key) {
    case 'ArrowDown':
      return to(at.sample + 1, at.neuron);
    case 'ArrowUp':
      return to(at.sample - 1, at.neuron);
    case 'ArrowRight':
      return to(at.sample, at.neuron + 1);
    case 'ArrowLeft':
      return to(at.sample, at.neuron - 1);
    case 'PageDown':
      return to(at.sample, at.neuron, at.layer + 1);
    case 'PageUp':
      return to(at.sample, at.neuron, at.layer - 1);
    case 'n':
      return nextExan(1);
    case 'p':
      return nextExan(-1);
    case 'Enter':
    case ' ':
      return 'choose';
    case 'Escape':
      return 'release';
    default:
      return undefined;
  }
}
