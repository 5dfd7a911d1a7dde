import { lowerInverse } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { axpy, column, dot, matrix, norm, row } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { orthonormalRows } from '../../math/orthonormalRows';
import { rng } from '../../math/rng';
import type { DenseMatrix } from '../../types';
import { deflation } from './deflation';
import type { LossSubspace } from './lossSubspace';

/**
 * The affine space of the pre-activations that samples not yet found can have. Their signs are the support of the deltas, so the search
 * looks for a point of this space too (method 4): near the support limit the deltas alone say too little.
 */
export interface PreActivations {
  /** columns of the samples taken out */
  readonly found: readonly Float64Array[];
  /** n, of the live neurons */
  readonly neurons: number;
  /** a point of it: n pre-activations, then their r coordinates a */
  readonly centre: Float64Array;
  /** orthonormal in their first n entries, which are directions of it; the r others are those of a */
  readonly directions: DenseMatrix;
  /** one over the usual size of a pre-activation */
  readonly unit: number;
}

/** Of all samples, before any is found; null where there are no biases, which leaves the length of z open. */
export function preActivations(space: LossSubspace): PreActivations | null {
  const { v, rank, forward, biases } = space;
  const last = column(v, v.columns - 1); // homogeneous features end with 1: last . a = 1
  const square = dot(last, last);
  if (!biases || !(square > 0)) return null;
  const at = last.map((x) => x / square);
  const free = nullSpace(matrix(1, rank, last)).basis;
  const { q, l } = orthonormalRows(gemm(free, forward, { b: true }));
  for (let i = 0; i < l.rows; i++) if (l.data[i * l.columns + i] === 0) return null;
  const coordinates = gemm(lowerInverse(l), free);
  const directions = matrix(free.rows, forward.rows + rank);
  for (let i = 0; i < free.rows; i++) {
    row(directions, i).set(row(q, i));
    row(directions, i).set(row(coordinates, i), forward.rows);
  }
  const centre = Float64Array.of(...preActivationsAt(space, at), ...at);
  return { found: [], neurons: forward.rows, centre, directions, unit: unitOf(space) };
}

/** One over the root mean square over random points. */
function unitOf(space: LossSubspace): number {
  const uniform = rng(0);
  const all = deflation(space, []);
  const squares = Array.from({ length: 64 }, () => {
    const z = preActivationsAt(space, all.draw(uniform));
    return dot(z, z) / z.length;
  });
  return 1 / Math.sqrt(squares.reduce((sum, x) => sum + x, 0) / squares.length);
}

/** z = forward a. */
export function preActivationsAt({ forward }: LossSubspace, a: Float64Array): Float64Array {
  return Float64Array.from({ length: forward.rows }, (_, j) => dot(row(forward, j), a));
}

/** What is left without some samples, given what was left without the first of them. */
export function without(left: PreActivations, { s }: LossSubspace, found: readonly Float64Array[]): PreActivations {
  const more = found.slice(left.found.length);
  return more.reduce((rest, q) => withoutOne(rest, q, s), left);
}

/** Every other sample has (a / S) . q = 0 (method 4): the directions are turned until one of them alone leads out of that. */
function withoutOne(left: PreActivations, q: Float64Array, s: Float64Array): PreActivations {
  const { directions, neurons } = left;
  const normal = q.map((x, k) => x / s[k]);
  const along = (point: Float64Array): number => dot(point.subarray(neurons), normal);
  const slope = Float64Array.from({ length: directions.rows }, (_, i) => along(row(directions, i)));
  const size = norm(slope);
  const found = [...left.found, q];
  if (!(size > 1e-12 * norm(normal))) return { ...left, found };
  const centre = left.centre.slice();
  const step = -along(centre) / size ** 2;
  slope.forEach((x, i) => {
    axpy(step * x, row(directions, i), centre);
  });
  return {
    ...left,
    found,
    centre,
    directions: turned(
      directions,
      slope.map((x) => x / size),
    ),
  };
}

/** The rows' span without the combination `out` (unit length), by a Householder reflection that brings it to the last row. */
function turned(rows: DenseMatrix, out: Float64Array): DenseMatrix {
  const k = rows.rows - 1;
  const mirror = out.slice();
  mirror[k] += out[k] < 0 ? -1 : 1;
  const square = dot(mirror, mirror);
  const along = new Float64Array(rows.columns);
  mirror.forEach((x, i) => {
    axpy(x, row(rows, i), along);
  });
  const left = matrix(k, rows.columns, rows.data.slice(0, k * rows.columns));
  for (let i = 0; i < k; i++) axpy((-2 * mirror[i]) / square, along, row(left, i));
  return left;
}
