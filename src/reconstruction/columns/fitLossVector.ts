import { cholesky, choleskySolve } from '../../math/cholesky';
import { axpy, dot, matrix, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { LossSubspace } from './lossSubspace';

/**
 * The loss vector g with (W_Hᵀ g)_j = v_j on the active neurons, by least squares on the basis of loss vectors.
 *
 * @returns g (length K), or null when the active neurons do not determine it
 */
export function fitLossVector(
  { reducedHead: head, lossBasis }: LossSubspace,
  v: Float64Array,
  on: Uint8Array,
): Float64Array | null {
  const p = head.columns;
  const gram = matrix(p, p);
  for (let j = 0; j < v.length; j++) {
    if (!on[j]) continue;
    const h = row(head, j);
    for (let c = 0; c < p; c++) {
      const factor = h[c];
      const at = c * p;
      for (let e = 0; e <= c; e++) gram.data[at + e] += factor * h[e];
    }
  }
  const l = cholesky(gram);
  if (!l) return null;
  const x = new Float64Array(p);
  for (let pass = 0; pass < 3; pass++) {
    // from the second pass on it corrects what the Gram matrix lost
    const step = new Float64Array(p);
    for (let j = 0; j < v.length; j++) if (on[j]) axpy(v[j] - dot(row(head, j), x), row(head, j), step);
    choleskySolve(l, step);
    axpy(1, step, x);
  }
  const g = new Float64Array(lossBasis.columns);
  x.forEach((factor, c) => {
    axpy(factor, row(lossBasis, c), g);
  });
  return g;
}

/** u = W_Hᵀ g: what the deltas would be if every neuron were on. */
export function fullDeltas(head: DenseMatrix, g: Float64Array): Float64Array {
  const u = new Float64Array(head.rows);
  for (let j = 0; j < head.rows; j++) u[j] = dot(row(head, j), g);
  return u;
}
