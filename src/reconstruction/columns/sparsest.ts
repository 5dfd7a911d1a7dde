import { axpy, dot, norm } from '../../math/matrix';
import type { LossSubspace } from './lossSubspace';
import type { LossColumn } from './polish';

/** Cosine from which on two are the same column, found twice. */
const same = 1 - 1e-4;
/** Part of a column outside the span of sparser ones below which it is a sum of these. */
const independent = 1e-4;

/**
 * Takes a column into the pool, the one with more zeros where it is there already.
 *
 * @returns whether the pool changed
 */
export function pooled(pool: LossColumn[], found: LossColumn): boolean {
  const at = pool.findIndex((c) => Math.abs(dot(c.q, found.q)) > same);
  if (at >= 0 && found.surplus <= (pool[at]?.surplus ?? 0)) return false;
  if (at >= 0) pool[at] = found;
  else pool.push(found);
  return true;
}

/** The sparsest independent set of columns, greedily, which is exact for independence (a matroid); the sparsest first. */
export function sparsest(pool: LossColumn[], { rank }: LossSubspace): LossColumn[] {
  pool.sort((a, b) => b.surplus - a.surplus);
  const basis: Float64Array[] = [];
  return pool.filter(({ q }) => {
    if (basis.length === rank) return false;
    const rest = q.slice();
    for (let pass = 0; pass < 2; pass++) for (const b of basis) axpy(-dot(b, rest), b, rest);
    const size = norm(rest);
    if (!(size > independent)) return false;
    basis.push(rest.map((x) => x / size));
    return true;
  });
}
