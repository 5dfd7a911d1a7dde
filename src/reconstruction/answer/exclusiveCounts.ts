import type { DenseMatrix, Mlp } from '../../types';
import type { KnownSample } from '../evidence/knownSample';
import { type Remainder, rowNoise } from '../evidence/remainder';

/**
 * ExANs as the attack sees them: neurons that one found sample activates, no other found sample does, and whose row holds
 * nothing more once the found samples are taken away.
 *
 * @returns one count per sample and ReLU layer
 */
export function exclusiveCounts(model: Mlp, samples: readonly KnownSample[], left: Remainder): number[][] {
  const counts = samples.map(() => new Array<number>(model.dense.length - 1).fill(0));
  for (let i = 0; i < model.dense.length - 1; i++) {
    const noise = rowNoise(left, i);
    const features = samples.map((s) => (s.features[i + 1] as DenseMatrix | undefined)?.data);
    for (let j = 0; j < noise.length; j++) {
      const on = [...features.keys()].filter((m) => (features[m]?.[j] ?? 0) > 0);
      const owner = counts[on[0]];
      if (on.length === 1 && owner && noise[j] === 1) owner[i] += 1;
    }
  }
  return counts;
}
