import { matrix, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';

/** Rows scaled to unit length, and the lengths they had; a zero row stays, with size 1, so that it can be divided by. */
export function unitRows(a: DenseMatrix): { unit: DenseMatrix; sizes: Float64Array } {
  const unit = matrix(a.rows, a.columns, a.data.slice());
  const sizes = Float64Array.from({ length: a.rows }, (_, m) => norm(row(a, m)) || 1);
  for (let k = 0; k < unit.data.length; k++) unit.data[k] /= sizes[Math.floor(k / a.columns)];
  return { unit, sizes };
}
