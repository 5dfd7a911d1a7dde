import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { axpy, matrix, norm, topRows } from './matrix';
import { orthonormalRows } from './orthonormalRows';
import { rng } from './rng';
import { gaussianRows, singularVectors } from './singularVectors';

/** A = U diag(s) Vᵀ cut at the numerical rank; singular vectors as rows. */
export interface RankFactor {
  /** r x n */
  readonly u: DenseMatrix;
  /** r singular values, largest first */
  readonly s: Float64Array;
  /** r x d */
  readonly v: DenseMatrix;
  readonly rank: number;
  /** the largest singular value left out: the noise, as the matrix itself shows it */
  readonly noise: number;
  /** true when no noise floor was reached: the rank is that of the shape, and may be cut by it */
  readonly full: boolean;
}

/**
 * Rank-revealing thin factor of A (n x d) in O(n d r): random range finder in blocks until only noise is left (Halko,
 * Martinsson, Tropp 2011), one subspace iteration, then a small SVD. Small singular values keep their accuracy (1e-7 of
 * the largest and below), since no Gram matrix is formed.
 *
 * @param noise expected relative noise of A: only what is of about this size can be noise. @default 2^-54
 * @example
 * rankFactor(fromRows([[3, 4], [6, 8]])).rank;  // => 1
 */
export function rankFactor(a: DenseMatrix, noise: number = 2 ** -54): RankFactor {
  const limit = Math.min(a.rows, a.columns);
  const size = norm(a.data);
  const flat = (Math.sqrt(a.rows) + Math.sqrt(a.columns)) / Math.sqrt(a.rows * a.columns);
  const uniform = rng(20101);
  let basis = matrix(0, a.rows);
  let rest: DenseMatrix = { ...a, data: a.data.slice() };
  let floor = 0;
  let full = true;
  let small = false;
  while (basis.rows < limit && size > 0) {
    const width = Math.min(small ? 16 : 48, limit - basis.rows);
    const { q } = orthonormalRows(gemm(gaussianRows(width, a.columns, uniform), rest, { b: true }), basis);
    basis = stack(basis, q);
    axpy(-1, gemm(q, gemm(q, rest), { a: true }).data, rest.data);
    const left = norm(rest.data);
    floor = Math.max(left * flat, 1e-15 * size);
    if (basis.rows === limit) break;
    full = false;
    if (left <= 1e-14 * size || small) break;
    small = left <= 30 * noise * size; // then one more block, so that the noise shows in the spectrum
    full = true;
  }
  rest = matrix(0, 0);
  const { u, s, v } = singularVectors(a, gemm(basis, a), 2 * floor);
  const r = rankAt(s, Math.max(100 * noise, 1e-13), floor);
  return {
    u: topRows(u, r),
    s: s.slice(0, r),
    v: topRows(v, r),
    rank: r,
    noise: r < s.length ? s[r] : floor,
    full: full && r === limit,
  };
}

/** The rank is where the spectrum falls most steeply into what can be noise; without a fall, where the flat floor begins. */
export function rankAt(s: Float64Array, noise: number, floor: number): number {
  let rank = s.length;
  let steepest = 3;
  for (let i = 1; i < s.length; i++) {
    const [before, here] = [s[i - 1], s[i]];
    if (here > noise * s[0]) continue;
    // where features are zero the spectrum ends in zeros, below the noise: no fall into them counts
    const fall = before / Math.max(here, 1e-3 * noise * s[0]);
    if (fall > steepest) [rank, steepest] = [i, fall];
  }
  if (steepest > 3) return rank;
  const flat = s.findIndex((value) => !(value > 3 * floor));
  return flat < 0 ? s.length : flat;
}

function stack(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const both = matrix(a.rows + b.rows, b.columns);
  both.data.set(a.data);
  both.data.set(b.data, a.data.length);
  return both;
}
