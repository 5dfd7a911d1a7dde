import { gemm } from '../math/gemm';
import { fromRows, norm } from '../math/matrix';
import { orthonormalRows } from '../math/orthonormalRows';
import { pivotedQr } from '../math/pivotedQr';
import { rankAt } from '../math/rankFactor';
import type { DenseMatrix } from '../types';
import type { Budget } from './budget';
import { columnSpace } from './columnSpace';
import type { Ended } from './estimate';

/** A = Uᵀ C with orthonormal rows of U, cut at the numerical rank. */
export interface LeftFactor {
  /** r x n; the first ones hold the most */
  readonly u: DenseMatrix;
  /** r x d */
  readonly c: DenseMatrix;
  readonly rank: number;
  /** what was left out, relative to the weakest direction kept */
  readonly noise: number;
  /** true when no noise was reached: the rank is that of the shape */
  readonly full: boolean;
}

/**
 * Left factor of A (n x d) by a pivoted QR factorisation within its column space: what a singular value decomposition is for here, at a
 * cost that lets signals in.
 *
 * @param unit relative rounding of A
 * @returns why it ended where it did not come to the end
 */
export async function leftFactor(
  a: DenseMatrix,
  unit: number,
  budget: Budget,
): Promise<LeftFactor | Extract<Ended, 'time' | 'signal'>> {
  const space = await columnSpace(a, unit, budget);
  if (typeof space === 'string') return space;
  const { basis: directions, r, order } = pivotedQr(orthonormalRows(space.coordinates).l, 1e-300);
  const pivots = Float64Array.from(order, (j, i) => Math.abs(r.data[i * r.columns + j]));
  const flat = (Math.sqrt(a.rows) + Math.sqrt(a.columns)) / Math.sqrt(a.rows * a.columns);
  const floor = Math.max(space.left * flat, 1e-15 * norm(a.data));
  const rank = pivots.length === 0 ? 0 : rankAt(pivots, Math.max(100 * unit, 1e-13), floor);
  const turn = fromRows(directions.slice(0, rank), space.basis.rows);
  const noise = (rank < pivots.length ? pivots[rank] : floor) / (pivots[rank - 1] ?? 1);
  return {
    u: gemm(turn, space.basis),
    c: gemm(turn, space.coordinates),
    rank,
    noise,
    full: space.full && rank === space.basis.rows,
  };
}
