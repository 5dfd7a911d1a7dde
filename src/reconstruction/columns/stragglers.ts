import { dot, row } from '../../math/matrix';
import { nullVector } from '../../math/nullVector';
import type { Rng } from '../../math/rng';
import type { Deflation } from './deflation';
import { type LossSubspace, neurons } from './lossSubspace';
import type { Candidate } from './polish';
import { nullOfPattern } from './twoValued';

/**
 * A guess of a missing column without any search: a random point of the space left for the missing samples has a pattern,
 * and the neurons that it leaves off have a null vector; where none has zeros, all of them have one together with a loss vector. Exact
 * when one sample is missing, near when a few are (method 4).
 */
export function straggler(space: LossSubspace, left: Deflation, uniform: Rng): Candidate | null {
  const { forward, u, rank, slopes } = space;
  const a = left.draw(uniform);
  const { factor } = neurons(space);
  const factors = Float64Array.from({ length: forward.rows }, (_, j) => factor(j, dot(row(forward, j), a)));
  const start = Float64Array.from({ length: rank }, () => uniform() - 0.5);
  if (slopes) return nullOfPattern(space, factors, start);
  const off = [...factors.keys()].filter((j) => factors[j] === 0);
  if (off.length < rank - 1) return null;
  const found = nullVector(u, off, start);
  return found && { q: found.vector };
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
