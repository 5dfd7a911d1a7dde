import type { DenseMatrix } from '../types';
import { dot, matrix, norm, row } from './matrix';

/** A = Uᵀ diag(s) V, singular vectors as rows, largest first. */
export interface SmallSvd {
  /** k x k */
  readonly u: DenseMatrix;
  readonly s: Float64Array;
  /** k x n; zero rows where s is 0 */
  readonly v: DenseMatrix;
}

/**
 * Singular value decomposition of a small matrix (k x n, k <= n) by one-sided Jacobi rotations of its rows: slow for large
 * k (about 50 k^2 n operations) but accurate also for singular values far below the largest (Demmel & Veselic 1992).
 *
 * @param floor singular values below it are noise, whose vectors need not be told apart. @default 0
 * @example
 * jacobiSvd(fromRows([[0, 2], [1, 0]])).s;  // => [2, 1]
 */
export function jacobiSvd(a: DenseMatrix, floor: number = 0): SmallSvd {
  const k = a.rows;
  const w: DenseMatrix = { ...a, data: a.data.slice() };
  const j = matrix(k, k);
  for (let i = 0; i < k; i++) j.data[i * k + i] = 1;
  for (let sweep = 0; sweep < 40; sweep++) if (!rotateAll(w, j, floor)) break;
  const sizes = Float64Array.from({ length: k }, (_, i) => norm(row(w, i)));
  const order = Array.from(sizes.keys()).sort((p, q) => sizes[q] - sizes[p]);
  const u = matrix(k, k);
  const v = matrix(k, a.columns);
  order.forEach((from, i) => {
    const size = sizes[from];
    row(u, i).set(row(j, from));
    if (size > 0) row(v, i).set(row(w, from).map((x) => x / size));
  });
  return { u, s: Float64Array.from(order, (i) => sizes[i]), v };
}

/** One sweep over all pairs of rows; false when every pair was orthogonal already. */
function rotateAll(w: DenseMatrix, j: DenseMatrix, floor: number): boolean {
  let rotated = false;
  const squares = Float64Array.from({ length: w.rows }, (_, i) => dot(row(w, i), row(w, i)));
  for (let p = 0; p < w.rows; p++) {
    let largest = p;
    for (let q = p + 1; q < w.rows; q++) if (squares[q] > squares[largest]) largest = q;
    swap(w, j, squares, p, largest); // de Rijk's order: fewer sweeps
    const x = row(w, p);
    for (let q = p + 1; q < w.rows; q++) {
      const y = row(w, q);
      const a = squares[p];
      const b = squares[q];
      if (a < floor * floor && b < floor * floor) continue;
      const c = dot(x, y);
      if (c === 0 || Math.abs(c) <= 4e-15 * Math.sqrt(a * b)) continue;
      rotated = true;
      const zeta = (b - a) / (2 * c);
      const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
      const cosine = 1 / Math.hypot(1, t);
      rotate(x, y, cosine, cosine * t);
      rotate(row(j, p), row(j, q), cosine, cosine * t);
      squares[p] = Math.max(a - t * c, 0);
      squares[q] = b + t * c;
    }
  }
  return rotated;
}

function swap(w: DenseMatrix, j: DenseMatrix, squares: Float64Array, p: number, q: number): void {
  if (p === q) return;
  for (const m of [w, j]) {
    const x = row(m, p).slice();
    row(m, p).set(row(m, q));
    row(m, q).set(x);
  }
  const s = squares[p];
  squares[p] = squares[q];
  squares[q] = s;
}

function rotate(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < x.length; i++) {
    const a = x[i];
    const b = y[i];
    x[i] = cosine * a - sine * b;
    y[i] = sine * a + cosine * b;
  }
}
