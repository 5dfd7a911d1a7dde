import { gemm } from '../../math/gemm';
import { axpy, dot, norm, row } from '../../math/matrix';
import type { AffineLayer, DenseMatrix } from '../../types';

/**
 * Moves features by the least amount that gives known patterns their signs: a pre-activation within the noise of zero may
 * come out on the other side than on the client, and one wrong entry of the pattern costs a residual of 1e-3.
 *
 * Only pre-activations below `limit` of |w| |f| are touched, so the features change by no more than their own noise.
 *
 * @param pattern M x n, 1 where on
 * @returns the moved features, a copy
 */
export function settlePattern(
  { weight, bias }: AffineLayer,
  features: DenseMatrix,
  pattern: DenseMatrix,
  limit: number,
): DenseMatrix {
  const result = { ...features, data: features.data.slice() };
  const sizes = Float64Array.from({ length: weight.rows }, (_, j) => norm(row(weight, j)));
  for (let pass = 0, moved = true; pass < 4 && moved; pass++) {
    moved = false;
    const products = gemm(result, weight, { b: true });
    for (let m = 0; m < result.rows; m++) {
      const f = row(result, m);
      const size = norm(f);
      for (let j = 0; j < weight.rows; j++) {
        const on = pattern.data[m * weight.rows + j] === 1;
        const scale = sizes[j] * size;
        const z = products.data[m * weight.rows + j] + (bias ? bias[j] : 0);
        if (z > 0 === on || Math.abs(z) > limit * scale) continue;
        const w = row(weight, j);
        const now = dot(w, f) + (bias ? bias[j] : 0); // earlier moves of this sample count
        axpy(((on ? 1e-12 : -1e-12) * scale - now) / dot(w, w), w, f);
        moved = true;
      }
    }
  }
  return result;
}
