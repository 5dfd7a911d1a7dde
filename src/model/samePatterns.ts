import type { Activations } from './forward';

/** Whether the same neurons fire for the same samples in two forward passes. */
export function samePatterns(a: Activations, b: Activations): boolean {
  return a.features.every((f, i) => i === 0 || f.data.every((v, k) => v > 0 === b.features[i].data[k] > 0));
}
