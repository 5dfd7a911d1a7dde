import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { jacobiSvd } from './jacobiSvd';
import { axpy, matrix, norm, row } from './matrix';
import { orthonormalRows } from './orthonormalRows';
import { normal, rng } from './rng';

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
 * What counts as noise is predicted from the matrix itself: rounding of relative size `noise` in every entry has the
 * spectral norm of noise * A with random signs, which knows about large and small rows (flat noise would be too simple for
 * correlated data). Beside that, the rest counts as noise when it is small and as flat as a random matrix.
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
  const rounding = noise * spectralNorm({ ...a, data: a.data.map((v) => (uniform() < 0.5 ? v : -v)) });
  let basis = matrix(0, a.rows);
  let rest: DenseMatrix = { ...a, data: a.data.slice() };
  let floor = 0;
  let full = true;
  while (basis.rows < limit && size > 0) {
    const width = Math.min(48, limit - basis.rows);
    const probe = matrix(
      width,
      a.columns,
      Float64Array.from({ length: width * a.columns }, () => normal(uniform)),
    );
    const { q } = orthonormalRows(gemm(probe, rest, { b: true }), basis);
    basis = stack(basis, q);
    axpy(-1, gemm(q, gemm(q, rest), { a: true }).data, rest.data);
    const left = norm(rest.data);
    floor = Math.max(left * flat, 1e-15 * size);
    const spectral = left <= 30 * noise * size ? spectralNorm(rest) : Number.POSITIVE_INFINITY;
    const small = left <= 1e-14 * size || spectral < Math.max(3 * floor, 5 * rounding);
    if (small && basis.rows < limit) {
      full = false;
      break;
    }
  }
  rest = matrix(0, 0);
  const z = orthonormalRows(gemm(basis, a)).q;
  const { q } = orthonormalRows(gemm(z, a, { b: true }));
  const { q: right, l } = orthonormalRows(gemm(q, a));
  const { u, s, v } = jacobiSvd(l, Math.max(2 * floor, rounding));
  const rank = s.findIndex((value) => !(value > Math.max(3 * floor, 5 * rounding, 1e-14 * (s[0] as number))));
  const r = rank < 0 ? s.length : rank;
  return {
    u: gemm(top(u, r), q),
    s: s.slice(0, r),
    v: gemm(top(v, r), right),
    rank: r,
    noise: Math.max(r < s.length ? (s[r] as number) : floor, rounding),
    full: full && r === limit,
  };
}

/** Largest singular value by power iteration: a few per cent suffice. */
function spectralNorm(a: DenseMatrix): number {
  const uniform = rng(1);
  let x = matrix(
    1,
    a.columns,
    Float64Array.from({ length: a.columns }, () => normal(uniform)),
  );
  let value = 0;
  for (let step = 0; step < 6; step++) {
    const y = gemm(x, a, { b: true });
    value = norm(y.data) / norm(x.data);
    if (!(value > 0)) return 0;
    x = gemm(y, a);
    const scale = 1 / norm(x.data);
    x.data.forEach((v, i) => {
      x.data[i] = v * scale;
    });
  }
  return value;
}

function stack(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const both = matrix(a.rows + b.rows, b.columns);
  both.data.set(a.data);
  both.data.set(b.data, a.data.length);
  return both;
}

function top(a: DenseMatrix, rows: number): DenseMatrix {
  return matrix(rows, a.columns, row({ ...a, columns: rows * a.columns }, 0));
}
