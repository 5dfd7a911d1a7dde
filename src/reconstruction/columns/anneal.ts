import { cholesky, choleskySolve } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { dot, norm, row } from '../../math/matrix';
import { quantile } from '../../math/quantile';
import { deltas, type LossSubspace } from './lossSubspace';

/** Size of a delta, over the sample's larger ones, that counts as zero: from the first to the last step. */
const [widest, narrowest] = [0.1, 0.01];
const steps = 20;

/**
 * Moves q to where U q is most nearly zero in many rows, those with smaller deltas weighing more: weights 1 / (1 + (v / t)^2)^2 with t falling.
 * A threshold needs most of the smallest rows to be true zeros; this does not, so it reaches columns from much further away (method 12).
 *
 * @param known unit vectors; who comes near one of them is on the way there
 * @returns a unit vector, or null when it is a known one or the system breaks down
 */
export function anneal(
  space: LossSubspace,
  start: Float64Array,
  known: readonly Float64Array[] = [],
): Float64Array | null {
  const { u, rank } = space;
  let q = start;
  for (let step = 0; step < steps; step++) {
    const v = deltas(space, q);
    const t = widest * (narrowest / widest) ** (step / (steps - 1)) * quantile(v.map(Math.abs), 0.9);
    const weighted = { ...u, data: u.data.slice() };
    for (let j = 0; j < v.length; j++) {
      const weight = 1 / (1 + (v[j] / t) ** 2);
      const own = row(weighted, j);
      for (let k = 0; k < rank; k++) own[k] *= weight;
    }
    const gram = gemm(weighted, weighted, { a: true });
    let trace = 0;
    for (let k = 0; k < rank; k++) trace += gram.data[k * rank + k];
    for (let k = 0; k < rank; k++) gram.data[k * rank + k] += 1e-12 * trace;
    const l = cholesky(gram);
    if (!l) return null;
    q = q.slice();
    for (let pass = 0; pass < 2; pass++) {
      choleskySolve(l, q);
      const size = norm(q);
      for (let k = 0; k < rank; k++) q[k] /= size;
    }
    if (known.some((other) => Math.abs(dot(other, q)) > 0.999)) return null;
  }
  return q;
}
