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

/**
 * The same where the network moved (method 12): the null vector of the neurons that are off before and after for a sample with coordinates a,
 * those that are off most clearly, since some of the others were on in between.
 */
export function offAtEnds({ ends, u, rank }: LossSubspace, a: Float64Array): Float64Array | null {
  if (!ends) return null;
  const z = Float64Array.from({ length: u.rows }, (_, j) =>
    Math.max(...ends.map((end) => dot(row(end.forward, j), a))),
  );
  const off = [...z.keys()].filter((j) => z[j] < 0).sort((i, j) => z[i] - z[j]);
  const clear = off.slice(0, Math.floor(0.8 * off.length)).sort((i, j) => i - j);
  if (clear.length < rank) return null;
  return nullVector(u, clear, new Float64Array(rank).fill(1 / Math.sqrt(rank)))?.vector ?? null;
}
