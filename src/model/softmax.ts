import { matrix, row } from '../math/matrix';
import type { DenseMatrix } from '../types';

/**
 * Softmax probabilities of one row of logits, shifted by the maximum so that nothing overflows.
 *
 * @example
 * softmax(Float64Array.of(0, 0));  // => [0.5, 0.5]
 */
export function softmax(logits: Float64Array): Float64Array {
  const top = Math.max(...logits);
  const p = logits.map((l) => Math.exp(l - top));
  const total = p.reduce((sum, e) => sum + e, 0);
  return p.map((e) => e / total);
}

/** {@link softmax} of every row (M x K). */
export function softmaxRows(logits: DenseMatrix): DenseMatrix {
  const p = matrix(logits.rows, logits.columns);
  for (let m = 0; m < p.rows; m++) row(p, m).set(softmax(row(logits, m)));
  return p;
}

/**
 * Loss vector g = p - e_y of softmax cross-entropy (method 1): sums to 0, only the label's entry is negative.
 * That entry is minus the sum of the others, since p_y - 1 would cancel for confident samples.
 *
 * @example
 * lossVector(Float64Array.of(0, 0), 1);  // => [0.5, -0.5]
 */
export function lossVector(logits: Float64Array, label: number): Float64Array {
  const g = softmax(logits);
  g[label] = 0;
  g[label] = -g.reduce((sum, e) => sum + e, 0);
  return g;
}

/** Cross-entropy -ln p_y of one row of logits. */
export function crossEntropy(logits: Float64Array, label: number): number {
  const top = Math.max(...logits);
  return Math.log(logits.reduce((sum, l) => sum + Math.exp(l - top), 0)) + top - logits[label];
}
