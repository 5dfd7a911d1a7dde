import { matrix, row } from '../../math/matrix';
import type { AffineLayer, DenseMatrix } from '../../types';

/** A_i = [G_i | gb_i], one row per neuron (SPEC 1); without biases just a copy of G_i. */
export function homogeneous({ weight, bias }: AffineLayer): DenseMatrix {
  if (!bias) return { ...weight, data: weight.data.slice() };
  const a = matrix(weight.rows, weight.columns + 1);
  for (let j = 0; j < a.rows; j++) {
    row(a, j).set(row(weight, j));
    a.data[j * a.columns + weight.columns] = bias[j];
  }
  return a;
}
