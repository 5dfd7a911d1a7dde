import { cholesky, choleskySolve, ridged } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { dot, matrix, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { LayerFactor } from './layerFactor';

/** Steps at the first width at most, and steps down to rounding. */
const [settling, narrowing] = [60, 25];

/** Where reweighted least squares leads: first at one width until it rests, then at ever smaller ones. */
export function settle(factor: LayerFactor, start: Float64Array, width: number): Float64Array {
  const size = norm(start);
  let q: Float64Array = start.map((v) => v / size);
  for (let step = 0; step < settling; step++) {
    const next = reweighted(factor, q, width);
    const still = Math.abs(dot(next, q)) > 1 - 1e-10;
    q = next;
    if (still) break;
  }
  for (let step = 1; step <= narrowing; step++) q = reweighted(factor, q, width * 1e-5 ** (step / narrowing));
  return q;
}

/** The direction that makes the weighted entries of U q smallest, weights by the entries at the last one. */
function reweighted({ left, rank }: LayerFactor, q: Float64Array, width: number): Float64Array {
  const weighted = matrix(left.rows, rank);
  const square = left.rows / width ** 2;
  for (let j = 0; j < left.rows; j++) {
    const own = row(left, j);
    const v = dot(own, q);
    const w = (1 + v * v * square) ** -1.5; // its square is the measure's derivative by v²
    for (let k = 0; k < rank; k++) weighted.data[j * rank + k] = w * own[k];
  }
  return leastDirection(gemm(weighted, weighted, { a: true }), q) ?? q;
}

/** The eigenvector of the smallest eigenvalue, by two steps of inverse iteration. */
function leastDirection(gram: DenseMatrix, start: Float64Array): Float64Array | null {
  const l = cholesky(ridged(gram, 1e-13));
  if (!l) return null;
  let x = start;
  for (let step = 0; step < 2; step++) {
    const y = x.slice();
    choleskySolve(l, y);
    const size = norm(y);
    x = y.map((v) => v / size);
  }
  return x;
}
