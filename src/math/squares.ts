import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { matrix } from './matrix';

/** Every entry squared. */
export function squared(a: DenseMatrix): DenseMatrix {
  return { ...a, data: a.data.map((v) => v * v) };
}

/** a (b ∘ b)ᵀ; for few rows without forming b ∘ b, which costs more than the product. */
export function timesSquares(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  if (a.rows > 8) return gemm(a, squared(b), { b: true });
  const c = matrix(a.rows, b.rows);
  for (let j = 0; j < b.rows; j++)
    for (let m = 0; m < a.rows; m++) {
      let sum = 0;
      for (let k = 0, p = m * a.columns, q = j * b.columns; k < a.columns; k++, p++, q++)
        sum += a.data[p] * b.data[q] * b.data[q];
      c.data[m * c.columns + j] = sum;
    }
  return c;
}
