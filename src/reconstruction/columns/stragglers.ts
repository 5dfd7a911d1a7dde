import { dot, row } from '../../math/matrix';
import { nullVector } from '../../math/nullVector';
import type { Rng } from '../../math/rng';
import type { Deflation } from './deflation';
import type { LossSubspace } from './lossSubspace';

/**
 * A guess of a missing column without any search: a random point of the space left for the missing samples has a pattern,
 * and the neurons that it leaves off have a null vector. Exact when one sample is missing, near when a few are (method 4).
 */
export function straggler({ forward, u, rank }: LossSubspace, left: Deflation, uniform: Rng): Float64Array | null {
  const a = left.draw(uniform);
  const off: number[] = [];
  for (let j = 0; j < forward.rows; j++) if (!(dot(row(forward, j), a) > 0)) off.push(j);
  if (off.length < rank - 1) return null;
  const start = Float64Array.from({ length: rank }, () => uniform() - 0.5);
  return nullVector(u, off, start)?.vector ?? null;
}
