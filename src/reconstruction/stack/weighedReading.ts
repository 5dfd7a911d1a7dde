import { cholesky, choleskySolve } from '../../math/cholesky';
import { axpy, matrix, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import { minus } from './convGradient';
import { convolve, correlate, gramOfPatches } from './convolution';
import type { Pooled } from './patchPursuit';
import { unpooled } from './pooling';

/** Part of a choice that stays open, however sure it is: what is taken for certain cannot be corrected. */
const open = 0.3;
/** Part of a filter's misfit that is taken for noise: the error of what is below, not wrong choices. */
const noisePart = 0.3;

/** One window of a filter: its positions, delta, and a root L of its prior covariance (positions x (positions - 1)). */
interface Prior {
  readonly window: Int32Array;
  readonly delta: number;
  readonly root: readonly Float64Array[];
}

/**
 * What a filter's gradient says of which position won, given all that is known of its windows: each has one winner with a known delta s,
 * so its deltas have the mean s c and the covariance s² (diag c - c cᵀ) under the choices c, and G_o = Pᵀ delta_o + noise corrects the
 * mean (linear minimum mean square error). Reading the deltas by P⁺ alone asks neighbouring patches, which are nearly alike, for
 * more than they can tell.
 *
 * @param x what is below (entering x C)
 * @param choice weights of each window's positions, which add up to 1 (leaving x out)
 * @returns delta at each position as part of its window's, 1 for the winner (leaving x out)
 */
export function weighedReading({ conv, windows, deltas }: Pooled, x: DenseMatrix, choice: DenseMatrix): DenseMatrix {
  const { taps, gradient } = conv;
  const gram = gramOfPatches(taps, x);
  const left = minus(gradient, correlate(taps, x, unpooled(windows, deltas, choice)));
  const shown = convolve(taps, x, left);
  const { columns } = deltas;
  const shares = matrix(choice.rows, columns, choice.data.slice());
  for (let o = 0; o < columns; o++) {
    const square = left.reduce((sum, l) => sum + norm(row(l, o)) ** 2, 0);
    const variance = (noisePart * square) / (left.length * left[0].columns);
    const priors = windows.members.flatMap((window, w): Prior[] => {
      const delta = deltas.data[w * columns + o];
      if (delta === 0) return [];
      const own = Float64Array.from(window, (q) => (1 - open) * choice.data[q * columns + o] + open / window.length);
      return [{ window, delta, root: rootOf(own, delta) }];
    });
    const change = correction(priors, gram, (q) => shown.data[q * columns + o], variance);
    priors.forEach(({ window, delta }, a) => {
      window.forEach((q, i) => {
        shares.data[q * columns + o] += (change?.[a][i] ?? 0) / delta;
      });
    });
  }
  return shares;
}

/** L with L Lᵀ = s² (diag c - c cᵀ): sqrt(c) times the columns but the first of the reflection that takes e_0 to sqrt(c). */
function rootOf(c: Float64Array, delta: number): Float64Array[] {
  const root = c.map(Math.sqrt);
  const v = root.slice();
  v[0] -= 1;
  const size = norm(v) ** 2;
  return Array.from(root, (r, i) =>
    Float64Array.from({ length: c.length - 1 }, (_, j) => {
      const reflected = (i === j + 1 ? 1 : 0) - (size > 0 ? (2 * v[i] * v[j + 1]) / size : 0);
      return delta * r * reflected;
    }),
  );
}

/** L (Lᵀ K L + variance)⁻¹ Lᵀ b, window by window, for the Gram matrix K of the patches; null where that is singular. */
function correction(
  priors: readonly Prior[],
  gram: DenseMatrix,
  b: (q: number) => number,
  variance: number,
): Float64Array[] | null {
  const starts: number[] = [];
  let size = 0;
  for (const { window } of priors) {
    starts.push(size);
    size += window.length - 1;
  }
  const system = matrix(size, size);
  const right = new Float64Array(size);
  const seen = new Float64Array(gram.columns);
  priors.forEach(({ window, root }, a) => {
    for (let u = 0; u < window.length - 1; u++) {
      seen.fill(0);
      window.forEach((q, i) => {
        axpy(root[i][u], row(gram, q), seen);
        right[starts[a] + u] += root[i][u] * b(q);
      });
      const own = row(system, starts[a] + u);
      for (let other = 0; other <= a; other++) addProducts(own, starts[other], priors[other], seen);
    }
  });
  for (let k = 0; k < size; k++) system.data[k * size + k] += variance;
  const factor = cholesky(system);
  if (!factor) return null;
  choleskySolve(factor, right);
  return priors.map(({ root }, a) =>
    Float64Array.from(root, (l) => l.reduce((sum, v, u) => sum + v * right[starts[a] + u], 0)),
  );
}

/** Adds Lᵀ s to `target`, from `start` on; only what a Cholesky factorisation reads is asked for, so nothing is mirrored. */
function addProducts(target: Float64Array, start: number, { window, root }: Prior, s: Float64Array): void {
  for (let j = 0; j < window.length; j++) {
    const [value, l] = [s[window[j]], root[j]];
    for (let v = 0; v < l.length; v++) target[start + v] += value * l[v];
  }
}
