import { gemm } from '../../math/gemm';
import { norm, row } from '../../math/matrix';
import { rng } from '../../math/rng';
import { gaussianRows } from '../../math/singularVectors';
import type { DenseMatrix } from '../../types';
import type { Budget } from '../budget';

/** Fixed point steps at most. */
const steps = 200;

/**
 * Independent component analysis of whitened rows by the symmetric fixed point (Hyvärinen 1999, log cosh): w <- E[x tanh(w x)] - E[1 - tanh²] w
 * for all rows at once, made orthonormal after each step.
 *
 * @param x M x d, whitened
 * @returns W with orthonormal rows (M x M)
 */
export async function fastIca(x: DenseMatrix, seed: number, budget: Budget): Promise<DenseMatrix> {
  const M = x.rows;
  const uniform = rng(seed);
  let w = orthonormal(gaussianRows(M, M, uniform));
  for (let step = 0; step < steps; step++) {
    const s = gemm(w, x);
    const bend = new Float64Array(M);
    for (let m = 0; m < M; m++) {
      const own = row(s, m);
      for (let p = 0; p < own.length; p++) {
        own[p] = Math.tanh(own[p]);
        bend[m] += (1 - own[p] * own[p]) / own.length;
      }
    }
    const next = gemm(s, x, { b: true });
    for (let k = 0; k < next.data.length; k++)
      next.data[k] = next.data[k] / x.columns - bend[Math.floor(k / M)] * w.data[k];
    const straight = orthonormal(next);
    const turned = gemm(straight, w, { b: true });
    w = straight;
    let least = 1;
    for (let m = 0; m < M; m++) least = Math.min(least, Math.abs(turned.data[m * M + m]));
    if (least > 1 - 1e-10) break;
    if (await budget.turn(0, `FastICA, step ${step}`)) break;
  }
  return w;
}

/** (W Wᵀ)^-1/2 W by Newton and Schulz: every singular value is driven to one. */
function orthonormal(w: DenseMatrix): DenseMatrix {
  const size = norm(w.data);
  let q: DenseMatrix = { ...w, data: w.data.map((v) => v / size) };
  for (let step = 0; step < 60; step++) {
    const cubic = gemm(gemm(q, q, { b: true }), q);
    let change = 0;
    const data = q.data.map((v, k) => {
      const next = 1.5 * v - 0.5 * cubic.data[k];
      change = Math.max(change, Math.abs(next - v));
      return next;
    });
    q = { ...q, data };
    if (change < 1e-14) break;
  }
  return q;
}
