import { gemm } from '../../math/gemm';
import { axpy, norm, row, topRows } from '../../math/matrix';
import { leadingVectors } from '../../math/singularVectors';
import type { DenseMatrix } from '../../types';

/** The few directions in which a noisy low-rank matrix (n x d) stands out of its noise. */
export interface SignalSubspace {
  /** r x d, orthonormal rows: all inputs of the batch lie in their span */
  readonly right: DenseMatrix;
  /** r x n, orthonormal rows */
  readonly left: DenseMatrix;
  /** n x r: the matrix in coordinates of `right`, with the noise of r entries a row instead of d */
  readonly coordinates: DenseMatrix;
  /** n x d: what lies outside */
  readonly residual: DenseMatrix;
  /** expected squared residual over squared noise: (n - r)(d - r) / (n d) */
  readonly freedom: number;
}

/**
 * Signal and noise of G_i: the batch gives it rank <= M, and what stands out of the rest is signal.
 *
 * @returns null when the matrix shows no noise floor (as many samples as rows or columns), or no signal
 */
export function signalSubspace(a: DenseMatrix, widest = 128): SignalSubspace | null {
  const limit = Math.min(a.rows, a.columns);
  const size = norm(a.data);
  for (let width = 32; size > 0; width *= 2) {
    const block = Math.min(width, limit);
    const { u: left, v: right, s } = leadingVectors(a, block);
    const most = block === limit ? Math.floor(0.75 * limit) : block; // noise shows only in what is left out
    const rank = signalRank(a, left, s, most);
    if (rank === 0) return null;
    if (rank < (block === limit ? most : 0.8 * block)) {
      const own = topRows(right, rank);
      const coordinates = gemm(a, own, { b: true });
      const residual = without(a, left, rank);
      const ownLeft = topRows(left, rank);
      return { right: own, left: ownLeft, coordinates, residual, freedom: freedomOf(a, rank) };
    }
    if (block === limit || width >= widest) return null;
  }
  return null;
}

/** The matrix without its leading `rank` directions; by subtraction, so that noise of 1e-12 is not lost. */
function without(a: DenseMatrix, left: DenseMatrix, rank: number): DenseMatrix {
  const own = topRows(left, rank);
  const rest = { ...a, data: a.data.slice() };
  axpy(-1, gemm(own, gemm(own, a), { a: true }).data, rest.data);
  return rest;
}

/**
 * How many singular values stand out of the noise, which is what is left once they are taken away: its own norm is about
 * its largest row's plus its largest column's, also where some entries are noisier than others (Bandeira and van Handel
 * 2016).
 */
function signalRank(a: DenseMatrix, left: DenseMatrix, s: Float64Array, most: number): number {
  for (let rank = most; ; ) {
    const rest = without(a, left, rank);
    const columns = new Float64Array(a.columns);
    let largestRow = 0;
    for (let j = 0; j < a.rows; j++) {
      largestRow = Math.max(largestRow, norm(row(rest, j)));
      row(rest, j).forEach((v, d) => {
        columns[d] += v * v;
      });
    }
    const shown = Math.sqrt(freedomOf(a, rank)); // of the noise's size
    const edge = (1.1 * (largestRow + Math.sqrt(Math.max(...columns)))) / shown + 1e-15 * s[0];
    const standing = s.subarray(0, rank).findIndex((v) => v <= edge);
    if (standing < 0) return beforeFall(s.subarray(0, rank), 4 * edge);
    rank = standing;
  }
}

function freedomOf(a: DenseMatrix, rank: number): number {
  return ((a.rows - rank) * (a.columns - rank)) / (a.rows * a.columns);
}

/** Rounding makes a few directions stand out a little; they lie below a steep fall that ends near the noise. */
function beforeFall(s: Float64Array, low: number): number {
  const fall = s.findIndex((v, k) => k > 0 && v < low && s[k - 1] > 5 * v);
  return fall < 0 ? s.length : fall;
}
