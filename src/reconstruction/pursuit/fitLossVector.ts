import { cholesky, choleskySolve } from '../../math/cholesky';
import { axpy, dot, matrix, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';

/**
 * The loss vector g with (W_Hᵀ g)_j = v_j on the active neurons, by least squares.
 *
 * @param head n x K, one row per neuron
 * @returns g, or null when the active neurons do not determine it
 */
export function fitLossVector(head: DenseMatrix, v: Float64Array, on: Uint8Array): Float64Array | null {
  const k = head.columns;
  const gram = matrix(k, k);
  for (let j = 0; j < v.length; j++) {
    if (!on[j]) continue;
    const h = row(head, j);
    for (let c = 0; c < k; c++) {
      const factor = h[c] as number;
      const at = c * k;
      for (let e = 0; e <= c; e++) gram.data[at + e] = (gram.data[at + e] as number) + factor * (h[e] as number);
    }
  }
  const l = cholesky(gram);
  if (!l) return null;
  const g = new Float64Array(k);
  for (let pass = 0; pass < 3; pass++) {
    // from the second pass on it corrects what the Gram matrix lost
    const step = new Float64Array(k);
    for (let j = 0; j < v.length; j++) if (on[j]) axpy((v[j] as number) - dot(row(head, j), g), row(head, j), step);
    choleskySolve(l, step);
    axpy(1, step, g);
  }
  return g;
}

/** u = W_Hᵀ g: what the deltas would be if every neuron were on. */
export function fullDeltas(head: DenseMatrix, g: Float64Array): Float64Array {
  const u = new Float64Array(head.rows);
  for (let j = 0; j < head.rows; j++) u[j] = dot(row(head, j), g);
  return u;
}
