import { gemm } from '../math/gemm';
import { axpy, matrix, norm, stacked } from '../math/matrix';
import { orthonormalRows } from '../math/orthonormalRows';
import { rng } from '../math/rng';
import { gaussianRows } from '../math/singularVectors';
import type { DenseMatrix } from '../types';
import type { Budget } from './budget';
import type { Ended } from './estimate';

/** A space that holds the columns of a matrix down to its noise, with some directions to spare. */
export interface ColumnSpace {
  /** k x n, orthonormal rows */
  readonly basis: DenseMatrix;
  /** k x d: the matrix in coordinates of the basis */
  readonly coordinates: DenseMatrix;
  /** norm of what the basis does not hold */
  readonly left: number;
  /** true when it is all of R^n, or as large as the matrix's other side */
  readonly full: boolean;
}

/** Directions at a time, and those of the last block, which shows the noise. */
const [block, last] = [48, 16];

/**
 * The column space of A (n x d) by random combinations of its columns, block after block until only noise is left (Halko, Martinsson,
 * Tropp 2011), with a turn for others between two blocks.
 *
 * @param unit relative rounding of A
 * @returns why it ended where it did not come to the end
 */
export async function columnSpace(
  a: DenseMatrix,
  unit: number,
  budget: Budget,
): Promise<ColumnSpace | Extract<Ended, 'time' | 'signal'>> {
  const limit = Math.min(a.rows, a.columns);
  const size = norm(a.data);
  const uniform = rng(a.rows);
  const rest: DenseMatrix = { ...a, data: a.data.slice() };
  let [basis, coordinates] = [matrix(0, a.rows), matrix(0, a.columns)];
  let left = size;
  let small = false;
  while (basis.rows < limit && left > 1e-14 * size) {
    const width = Math.min(small ? last : block, limit - basis.rows);
    const { q } = orthonormalRows(gemm(gaussianRows(width, a.columns, uniform), rest, { b: true }), basis);
    const own = gemm(q, rest); // q is orthogonal to what was taken off, so these are A's coordinates too
    axpy(-1, gemm(q, own, { a: true }).data, rest.data);
    [basis, coordinates] = [stacked(basis, q), stacked(coordinates, own)];
    left = norm(rest.data);
    if (small) break;
    small = left <= 30 * unit * size;
    const ended = await budget.turn(0, `${basis.rows} directions of the gradient`);
    if (ended) return ended;
  }
  return { basis, coordinates, left, full: basis.rows === limit };
}

/** How much of each row (m x n) lies outside of the space, relative to the row. */
export function outside(basis: DenseMatrix, rows: DenseMatrix): Float64Array {
  const rest = rows.data.slice();
  axpy(-1, gemm(gemm(rows, basis, { b: true }), basis).data, rest);
  const n = rows.columns;
  return Float64Array.from({ length: rows.rows }, (_, m) => {
    const own = m * n;
    return norm(rest.subarray(own, own + n)) / Math.max(norm(rows.data.subarray(own, own + n)), Number.MIN_VALUE);
  });
}
