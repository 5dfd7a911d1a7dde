import { matrix, norm, row } from '../../math/matrix';
import type { AffineLayer, DenseMatrix } from '../../types';

/** A_i = [G_i | gb_i], one row per neuron (method 1); without biases just a copy of G_i. */
export function homogeneous({ weight, bias }: AffineLayer): DenseMatrix {
  if (!bias) return { ...weight, data: weight.data.slice() };
  const a = matrix(weight.rows, weight.columns + 1);
  for (let j = 0; j < a.rows; j++) {
    row(a, j).set(row(weight, j));
    a.data[j * a.columns + weight.columns] = bias[j];
  }
  return a;
}

/** Variance of an entry of each row where only rounding is in the way: rows of several samples round their sums too. */
export function roundingVariance(a: DenseMatrix, unit: number): Float64Array {
  return Float64Array.from({ length: a.rows }, (_, j) => (unit * norm(row(a, j))) ** 2 / a.columns);
}

/** [F, 1] for features as rows, or F itself without biases. */
export function withOnes(features: DenseMatrix, biased: boolean): DenseMatrix {
  if (!biased) return features;
  const width = features.columns + 1;
  const all = matrix(features.rows, width, new Float64Array(features.rows * width).fill(1));
  for (let m = 0; m < features.rows; m++) row(all, m).set(row(features, m));
  return all;
}
