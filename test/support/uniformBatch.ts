import { matrix } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';
import type { Batch } from '../../src/types';

/** M samples from [0, 1)^d0 with random labels. */
export function uniformBatch(M: number, d0: number, K: number, seed: number): Batch {
  const u = rng(seed);
  const inputs = matrix(
    M,
    d0,
    Float64Array.from({ length: M * d0 }, () => u()),
  );
  return { inputs, labels: Int32Array.from({ length: M }, () => Math.floor(u() * K)) };
}
