import { axpy, dot, fromRows, matrix, norm, row, transpose, withOnes } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { pivotedQr } from '../../math/pivotedQr';
import type { Batch, DenseMatrix, Mlp } from '../../types';
import type { Motions } from './motions';
import { layerMisfit, layerTerms, softmaxMisfit, softmaxSize } from './nullConstraints';

/** Orthonormal null directions in the coordinates of {@link Motions}, and how clear the rank decisions were. */
export interface NullMotions {
  readonly basis: readonly Float64Array[];
  readonly margin: number;
}

/** Thrown where the time for the null directions is over. */
class Over extends Error {}

/** Multiplications a second, roughly. */
const pace = 5e8;

/**
 * Null directions in the coordinates of the motions, after every constraint.
 *
 * @param over whether time will be up in so many seconds, asked before each direction and before all else that takes long
 * @returns null when it is
 */
export function nullMotions(
  model: Mlp,
  batch: Batch,
  space: Motions,
  over: (ahead: number) => boolean,
): NullMotions | null {
  try {
    return intersection(model, batch, space, (value, work = 0) => {
      if (over(work / pace)) throw new Over();
      return value;
    });
  } catch (error) {
    if (error instanceof Over) return null;
    throw error;
  }
}

type Watched = <T>(value: T, work?: number) => T;

function intersection(model: Mlp, batch: Batch, space: Motions, watched: Watched): NullMotions {
  let left = lossMotionsInRange(model, batch, space);
  const most = (size: (v: Float64Array) => number): number =>
    left.basis.reduce((top, v) => Math.max(top, watched(size(v))), 0);
  const apply = (rows: (v: Float64Array) => Float64Array[], scale: number): void => {
    if (left.basis.length > 0) left = intersect(left, rows, scale, watched);
  };
  // every scale is at least that of a unit motion: what is left may be rounding only
  const unit = (i: number): number => Math.max(...(space.loss.directions[i] ?? []).map(largest), Number.MIN_VALUE);
  if (model.dense[0]?.bias) apply((v) => [rowSums(space.rangePart(v))], unit(0));
  apply(
    (v) => [softmaxMisfit(space, v)],
    Math.max(
      norm(space.loss.sizes),
      most((v) => softmaxSize(space, v)),
    ),
  );
  for (let i = 1; i < model.dense.length; i++) {
    const { weight, bias } = model.dense[i];
    const scale = Math.max(
      unit(i) * Math.max(bias ? 1 : 0, largest(space.activations.features[i])),
      most((v) => layerTerms(model, space, v, i)),
    );
    // blocks of neurons, so that no block of rows outgrows 2e6 numbers
    const block = Math.max(1, Math.floor(2e6 / (weight.columns * Math.max(1, left.basis.length))));
    for (let from = 0; from < weight.rows; from += block)
      apply((v) => layerMisfit(model, space, v, i, [from, Math.min(weight.rows, from + block)]), scale);
  }
  return left;
}

/** u with E_0ᵀ [X, 1] inside the range of the deltas, completed by all of C. */
function lossMotionsInRange(model: Mlp, { inputs }: Batch, { loss, samples, size }: Motions): NullMotions {
  const M = inputs.rows;
  const K1 = loss.helmert.columns;
  const outside = loss.directions[0].map((d) => outsideOf(samples.range, d));
  const scale = Math.max(...loss.directions[0].map((d) => largest(d)), Number.MIN_VALUE);
  const mixing = pivotedQr(transpose(model.dense[0]?.bias ? withOnes(inputs) : inputs), 1e-10);
  const basis: Float64Array[] = [];
  let margin = Number.POSITIVE_INFINITY;
  const live = [...loss.sizes.keys()].filter((m) => loss.sizes[m] > 0);
  if (mixing.rank === M)
    // independent inputs: every sample has to stay in the range by itself
    for (const m of live) {
      const columns = transpose(fromRows(outside.map((d) => row(d, m))));
      const own = nullSpace(columns, largestAt(loss.directions[0], m) || scale);
      margin = Math.min(margin, own.margin);
      for (let k = 0; k < own.basis.rows; k++) basis.push(placed(size, m * K1, row(own.basis, k)));
    }
  else {
    const columns = live.flatMap((m) => outside.map((d) => outer(row(d, m), mixing.r, mixing.rank, m)));
    const all = nullSpace(transpose(fromRows(columns)), scale * norm(inputs.data));
    margin = all.margin;
    for (let k = 0; k < all.basis.rows; k++) {
      const v = new Float64Array(size);
      live.forEach((m, at) => {
        v.set(row(all.basis, k).subarray(at * K1, (at + 1) * K1), m * K1);
      });
      basis.push(v);
    }
  }
  for (let c = M * K1; c < size; c++) basis.push(placed(size, c, Float64Array.of(1)));
  return { basis, margin };
}

/** The part of the span of `left` on which the rows vanish. */
function intersect(
  left: NullMotions,
  rows: (v: Float64Array) => Float64Array[],
  scale: number,
  watched: Watched,
): NullMotions {
  const columns = fromRows(left.basis.map((v) => watched(join(rows(v)))));
  const k = columns.rows;
  watched(null, 2 * k ** 2 * (k + columns.columns + (left.basis[0]?.length ?? 0)));
  const { basis, margin } = nullSpace(transpose(columns), scale);
  const combined = Array.from({ length: basis.rows }, (_, k) => {
    const v = new Float64Array(left.basis[0]?.length ?? 0);
    left.basis.forEach((b, n) => {
      axpy(basis.data[k * basis.columns + n], b, v);
    });
    return v;
  });
  return { basis: combined, margin: Math.min(left.margin, margin) };
}

/** Columns of Delta's change without their part in the range of the deltas. */
function outsideOf(range: readonly Float64Array[], change: DenseMatrix): DenseMatrix {
  const rest = matrix(change.rows, change.columns, change.data.slice());
  for (let m = 0; m < rest.rows; m++) {
    const r = row(rest, m);
    for (let pass = 0; pass < 2; pass++) for (const q of range) axpy(-dot(q, r), q, r);
  }
  return rest;
}

function largest(a: DenseMatrix): number {
  let most = 0;
  for (let m = 0; m < a.rows; m++) most = Math.max(most, norm(row(a, m)));
  return most;
}

function largestAt(directions: readonly DenseMatrix[], m: number): number {
  return Math.max(...directions.map((d) => norm(row(d, m))));
}

/** The outer product of c with column m of R, flattened: sample m's share of E_0ᵀ [X, 1] in coordinates of the inputs. */
function outer(c: Float64Array, r: DenseMatrix, rank: number, m: number): Float64Array {
  const result = new Float64Array(c.length * rank);
  for (let i = 0; i < rank; i++) axpy(r.data[i * r.columns + m], c, result.subarray(i * c.length, (i + 1) * c.length));
  return result;
}

function placed(size: number, at: number, values: Float64Array): Float64Array {
  const v = new Float64Array(size);
  v.set(values, at);
  return v;
}

function rowSums(a: DenseMatrix): Float64Array {
  return Float64Array.from({ length: a.rows }, (_, i) => row(a, i).reduce((sum, x) => sum + x, 0));
}

function join(parts: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
