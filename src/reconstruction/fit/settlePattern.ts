import { gemm } from '../../math/gemm';
import { axpy, dot, norm, row, rowsOf } from '../../math/matrix';
import type { AffineLayer, DenseMatrix } from '../../types';

/**
 * Moves features by the least amount that gives known patterns their signs: a pre-activation within the noise of zero may
 * come out on the other side than on the client, and one wrong entry of the pattern costs a residual of 1e-3.
 *
 * Only pre-activations below `limit` of |w| |f| are touched, so the features change by no more than their own noise.
 *
 * @param live the neurons that the mask tells about
 * @param mask r x live neurons, 1 where on
 */
export function settlePattern(
  { weight, bias }: AffineLayer,
  features: DenseMatrix,
  live: Int32Array,
  mask: Float64Array,
  limit: number,
): void {
  const rows = rowsOf(weight, live);
  const sizes = Float64Array.from(live, (_, i) => norm(row(rows, i)));
  for (let pass = 0, moved = true; pass < 4 && moved; pass++) {
    moved = false;
    const products = gemm(features, rows, { b: true });
    for (let m = 0; m < features.rows; m++) {
      const f = row(features, m);
      const size = norm(f);
      live.forEach((j, i) => {
        const on = mask[m * live.length + i] === 1;
        const scale = sizes[i] * size;
        const z = products.data[m * live.length + i] + (bias ? bias[j] : 0);
        if (z > 0 === on || Math.abs(z) > limit * scale) return;
        const w = row(rows, i);
        const now = dot(w, f) + (bias ? bias[j] : 0); // earlier moves of this sample count
        axpy(((on ? 1e-12 : -1e-12) * scale - now) / dot(w, w), w, f);
        moved = true;
      });
    }
  }
}
