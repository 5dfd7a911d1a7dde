import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { dot, matrix, row } from './matrix';

/** Every entry squared. */
export function squared(a: DenseMatrix): DenseMatrix {
  return { ...a, data: a.data.map((v) => v * v) };
}

/** a (b ∘ b)ᵀ; for few rows without forming b ∘ b, which costs more than the product. */
export function timesSquares(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  if (a.rows > 8) return gemm(a, squared(b), { b: true });
  const c = matrix(a.rows, b.rows);
  const squares = new Float64Array(b.columns);
  for (let j = 0; j < b.rows; j++) {
    for (let k = 0, q = j * b.columns; k < squares.length; k++, q++) squares[k] = b.data[q] * b.data[q];
    for (let m = 0; m < a.rows; m++) c.data[m * c.columns + j] = dot(row(a, m), squares);
  }
  return c;
}
