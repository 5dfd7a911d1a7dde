import { lowerInverse } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { axpy, column, dot, fromRows, matrix, norm, row, stacked, timesVector } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { orthonormalRows } from '../../math/orthonormalRows';
import { rng } from '../../math/rng';
import type { DenseMatrix } from '../../types';
import { deflation } from './deflation';
import type { LossSubspace } from './lossSubspace';

/**
 * The affine space of the pre-activations that samples not yet found can have. Their signs are the support of the deltas, so the search
 * looks for a point of this space too (method 4): near the support limit the deltas alone say too little. Where inputs are known to lie
 * in a box, theirs are those of the same point.
 */
export interface PreActivations {
  /** columns of the samples taken out */
  readonly found: readonly Float64Array[];
  /** n live neurons, and inputs that are not the same in all samples, where there is a box */
  readonly neurons: number;
  readonly inputs: number;
  /** box of the inputs, as they are scaled here */
  readonly box: readonly [number, number];
  /** a point of it: n pre-activations and the inputs, in units of their usual size, then their r coordinates a */
  readonly centre: Float64Array;
  /** directions of it, orthonormal without their last r entries, which are those of a */
  readonly directions: DenseMatrix;
  /** (n + inputs) x r: from a to pre-activations and inputs */
  readonly seen: DenseMatrix;
}

/** Size of a box, in that of pre-activations. */
const inputWeight = 3;

/** Of all samples, before any is found; null where there are no biases, which leaves the length of z open. */
export function preActivations(space: LossSubspace): PreActivations | null {
  const { v, rank, biases } = space;
  const last = column(v, v.columns - 1); // homogeneous features end with 1: last . a = 1
  const square = dot(last, last);
  if (!biases || !(square > 0)) return null;
  const at = last.map((x) => x / square);
  const free = nullSpace(matrix(1, rank, last)).basis;
  const { seen, ...scaled } = seenFrom(space, free);
  const { q, l } = orthonormalRows(gemm(free, seen, { b: true }));
  for (let i = 0; i < l.rows; i++) if (l.data[i * l.columns + i] === 0) return null;
  const directions = beside(q, gemm(lowerInverse(l), free));
  return { found: [], ...scaled, centre: Float64Array.of(...timesVector(seen, at), ...at), directions, seen };
}

/** Pre-activations, and inputs where they are boxed and differ from sample to sample. */
function seenFrom(space: LossSubspace, free: DenseMatrix): Pick<PreActivations, 'seen' | 'neurons' | 'inputs' | 'box'> {
  const { forward, v, box } = space;
  const unit = unitOf(space);
  const z = { ...forward, data: forward.data.map((x) => x * unit) };
  if (!box) return { seen: z, neurons: z.rows, inputs: 0, box: [0, 0] };
  const size = inputWeight / (box[1] - box[0]);
  const differ = gemm(free, v);
  const chosen = Array.from({ length: v.columns - 1 }, (_, k) => k).filter((k) => norm(column(differ, k)) > 1e-9);
  const inputs = fromRows(
    chosen.map((k) => column(v, k).map((x) => x * size)),
    v.rows,
  );
  return { seen: stacked(z, inputs), neurons: z.rows, inputs: chosen.length, box: [size * box[0], size * box[1]] };
}

/** One over the root mean square of pre-activations over random points. */
function unitOf(space: LossSubspace): number {
  const uniform = rng(0);
  const all = deflation(space, []);
  const squares = Array.from({ length: 64 }, () => {
    const z = timesVector(space.forward, all.draw(uniform));
    return dot(z, z) / z.length;
  });
  return 1 / Math.sqrt(squares.reduce((sum, x) => sum + x, 0) / squares.length);
}

/** [A, B]. */
function beside(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const both = matrix(a.rows, a.columns + b.columns);
  for (let i = 0; i < a.rows; i++) {
    row(both, i).set(row(a, i));
    row(both, i).set(row(b, i), a.columns);
  }
  return both;
}

/** What is left without some samples, given what was left without the first of them. */
export function without(left: PreActivations, { s }: LossSubspace, found: readonly Float64Array[]): PreActivations {
  const more = found.slice(left.found.length);
  return more.reduce((rest, q) => withoutOne(rest, q, s), left);
}

/** Every other sample has (a / S) . q = 0 (method 4): the directions are turned until one of them alone leads out of that. */
function withoutOne(left: PreActivations, q: Float64Array, s: Float64Array): PreActivations {
  const { directions, seen } = left;
  const normal = q.map((x, k) => x / s[k]);
  const along = (point: Float64Array): number => dot(point.subarray(seen.rows), normal);
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
