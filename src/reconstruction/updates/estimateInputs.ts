import { cholesky, choleskySolve, ridged } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { axpy, dot, fromRows, matrix, norm, row, transpose } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import type { DenseMatrix } from '../../types';
import type { LossSubspace } from '../columns/lossSubspace';
import type { LossColumn } from '../columns/polish';
import type { Limit, Working } from '../working';

/** A located sample while others are missing. */
export interface EstimatedInput {
  readonly label: number;
  /** d entries */
  readonly input: Float64Array;
  /** root mean square of what the patterns leave open, per entry; a rough one */
  readonly spread: number;
  /** share of the neurons whose support agrees with the patterns before and after */
  readonly agreement: number;
}

const rounds = 30;
/** True error over the width of the likelihood, as measured. */
const wider = 2;
/** Room over the size of the smallest input that the other columns allow, above which a point says nothing. */
const vague = 0.8;

/**
 * Inputs of located samples while k others are missing: each lies in an affine space of k dimensions (method 4), in which the neurons that are
 * off throughout, and those that are on, leave little room. The point taken is where the product of their likelihoods is largest, with
 * a width at which a few neurons for each dimension are near their threshold.
 *
 * @returns one entry a column, null where the room is larger than the input
 */
export function* estimateInputs(
  space: LossSubspace,
  columns: readonly LossColumn[],
  limit: Limit,
): Working<(EstimatedInput | null)[]> {
  const found: (EstimatedInput | null)[] = [];
  for (const own of columns) {
    const others = columns.filter((c) => c !== own).map((c) => c.q);
    found.push(others.length > 0 && space.ends && own.g.length > 0 ? estimated(space, own, others) : null);
    if (yield* limit.breathe()) break;
  }
  return columns.map((_, m) => found[m] ?? null);
}

function estimated(space: LossSubspace, own: LossColumn, others: readonly Float64Array[]): EstimatedInput | null {
  const { s, v } = space;
  const free = nullSpace(fromRows(others)).basis;
  const scaled = { ...free, data: free.data.map((x, i) => x * s[i % s.length]) };
  // homogeneous inputs end in 1: a point that does, and the directions that keep it
  const last = Float64Array.from({ length: v.rows }, (_, k) => v.data[(k + 1) * v.columns - 1]);
  const ends = Float64Array.from({ length: free.rows }, (_, i) => dot(row(scaled, i), last));
  const square = dot(ends, ends);
  if (!(square > 0) || free.rows < 2) return null;
  const start = gemm(
    matrix(
      1,
      ends.length,
      ends.map((x) => x / square),
    ),
    scaled,
  ).data;
  const directions = gemm(nullSpace(matrix(1, ends.length, ends)).basis, scaled);
  const point = centre(space, own, start, directions);
  if (!point) return null;
  const { a, variance } = point;
  const width = v.columns - 1;
  const input = gemm(matrix(1, a.length, a), v).data.slice(0, width);
  const spread = wider * Math.sqrt(variance / width);
  if (!(spread < (vague * norm(start)) / Math.sqrt(width))) return null;
  const sign = Math.sign(a.reduce((sum, x, k) => sum + (x / s[k]) * own.q[k], 0));
  const g = own.g.map((x) => sign * x);
  return { label: g.indexOf(Math.min(...g)), input, spread, agreement: agreeing(space, own, a) };
}

/** Newton's method on the sum of log(1 + exp(-s z / t)), s = 1 for neurons that are on. */
function centre(
  { ends, u }: LossSubspace,
  { on }: LossColumn,
  start: Float64Array,
  directions: DenseMatrix,
): { readonly a: Float64Array; readonly variance: number } | null {
  const k = directions.rows;
  const slopes = (ends ?? []).map((end) => gemm(end.forward, directions, { b: true }));
  const at = (ends ?? []).map((end) => gemm(end.forward, transpose(matrix(1, start.length, start))).data);
  const c = new Float64Array(k);
  let last: DenseMatrix | null = null;
  for (let round = 0; round < rounds; round++) {
    const z = slopes.map((e, i) => at[i].map((x, j) => x + dot(row(e, j), c)));
    // an active neuron need be on at one of the ends only: the one where it is clearer
    const seen = Array.from({ length: u.rows }, (_, j) => (z[1][j] > z[0][j] ? 1 : 0));
    const sizes = Float64Array.from(seen, (end, j) => Math.abs(z[end][j])).sort();
    const near = sizes[Math.min(sizes.length - 1, 3 * k)];
    // narrower from round to round, down to a few neurons a dimension
    const t = Math.max(near, sizes[sizes.length >> 1] * 0.7 ** round);
    const gradient = new Float64Array(k);
    const hessian = matrix(k, k);
    for (let j = 0; j < u.rows; j++) {
      const side = on[j] ? 1 : -1;
      const slope = row(slopes[seen[j]], j);
      const p = 1 / (1 + Math.exp(Math.max(-50, Math.min(50, (side * z[seen[j]][j]) / t))));
      axpy((-side * p) / t, slope, gradient);
      const weight = (p * (1 - p)) / t ** 2;
      for (let i = 0; i < k; i++) for (let l = 0; l <= i; l++) hessian.data[i * k + l] += weight * slope[i] * slope[l];
    }
    last = cholesky(ridged(hessian, 1e-9 * k));
    if (!last) return null;
    choleskySolve(last, gradient);
    axpy(-1, gradient, c);
  }
  const a = start.slice();
  c.forEach((x, i) => {
    axpy(x, row(directions, i), a);
  });
  return last && { a, variance: traceOfInverse(last, directions) };
}

/** Trace of D^T (L L^T)^-1 D. */
function traceOfInverse(l: DenseMatrix, directions: DenseMatrix): number {
  let sum = 0;
  const columns = transpose(directions);
  for (let j = 0; j < columns.rows; j++) {
    const x = row(columns, j).slice();
    choleskySolve(l, x);
    sum += dot(x, row(columns, j));
  }
  return sum;
}

function agreeing({ ends, u }: LossSubspace, { on }: LossColumn, a: Float64Array): number {
  let agree = 0;
  for (let j = 0; j < u.rows; j++) {
    const z = (ends ?? []).map((end) => dot(row(end.forward, j), a));
    if (on[j] ? Math.max(...z) >= 0 : Math.min(...z) <= 0) agree++;
  }
  return agree / u.rows;
}
