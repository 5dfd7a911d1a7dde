import { gemm, type gemm32 } from '../../math/gemm';
import { axpy, matrix, row } from '../../math/matrix';
import type { Taps } from '../../model/layers/taps';
import type { DenseMatrix } from '../../types';

/** Float64, or float32 where choices are made only. */
export type Product = typeof gemm | typeof gemm32;

/** Sum over the taps of X_t K_tᵀ: a convolution without its bias (leaving x out), for values X (entering x C). */
export function convolve(
  taps: Taps,
  x: DenseMatrix,
  kernels: readonly DenseMatrix[],
  product: Product = gemm,
): DenseMatrix {
  const z = matrix(taps.leaving, kernels[0].rows);
  taps.seen.forEach((seen, t) => axpy(1, product(gathered(x, seen), kernels[t], { b: true }).data, z.data));
  return z;
}

/** The adjoint in X: what deltas D (leaving x out) are below the convolution (entering x C). */
export function spread(
  taps: Taps,
  d: DenseMatrix,
  kernels: readonly DenseMatrix[],
  product: Product = gemm,
): DenseMatrix {
  const below = matrix(taps.entering, kernels[0].columns);
  taps.seen.forEach((seen, t) => {
    const part = product(d, kernels[t]);
    seen.forEach((p, q) => {
      if (p >= 0) axpy(1, row(part, q), row(below, p));
    });
  });
  return below;
}

/** The adjoint in K: the weight gradient Dᵀ X_t, tap by tap (out x C each). */
export function correlate(taps: Taps, x: DenseMatrix, d: DenseMatrix, product: Product = gemm): DenseMatrix[] {
  return taps.seen.map((seen) => product(d, gathered(x, seen), { a: true }));
}

/**
 * Gram matrix of the linear map that takes one channel of X to its entries of the weight gradient (entering x entering): sums of shifted
 * entries of D Dᵀ, a ninth of the work of forming the map for 3 x 3 kernels.
 */
export function gramOfDeltas({ seen, entering, leaving }: Taps, d: DenseMatrix, product: Product = gemm): DenseMatrix {
  const own = product(d, d, { b: true });
  const gram = matrix(entering, entering);
  const all = Int32Array.from({ length: leaving }, (_, q) => q);
  for (const at of seen) addShifted(gram, at, own, all);
  return gram;
}

/** Gram matrix P Pᵀ of the patches (leaving x leaving), from X Xᵀ in the same way. */
export function gramOfPatches({ seen, leaving }: Taps, x: DenseMatrix, product: Product = gemm): DenseMatrix {
  const own = product(x, x, { b: true });
  const gram = matrix(leaving, leaving);
  const all = Int32Array.from({ length: leaving }, (_, q) => q);
  for (const at of seen) addShifted(gram, all, own, at);
  return gram;
}

/** Adds entry (from[q], from[r]) to entry (to[q], to[r]) for all q and r for which both are there. */
function addShifted(target: DenseMatrix, to: Int32Array, source: DenseMatrix, from: Int32Array): void {
  const there = to.map((p, q) => (p >= 0 && from[q] >= 0 ? q : -1)).filter((q) => q >= 0);
  for (const q of there) {
    const [sums, own] = [row(target, to[q]), row(source, from[q])];
    for (const r of there) sums[to[r]] += own[from[r]];
  }
}

/** The rows seen, zero where nothing is. */
function gathered(x: DenseMatrix, seen: Int32Array): DenseMatrix {
  const result = matrix(seen.length, x.columns);
  seen.forEach((p, q) => {
    if (p >= 0) row(result, q).set(row(x, p));
  });
  return result;
}
