import { gemm, pack } from '../../math/gemm';
import { axpy, column, dot, fromRows, matrix, norm, row, transpose } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { orthonormalRows } from '../../math/orthonormalRows';
import { blockRows } from '../../math/wasm/panelKernel';
import type { DenseMatrix } from '../../types';
import type { LossSubspace } from './lossSubspace';
import type { PreActivations } from './preActivations';

/** Projection A of the difference map for one label; rows are scaled by a typical |u|, so that they weigh the same. */
export interface Projections {
  readonly scale: Float64Array;
  /** for each row its slope a and 1 / (1 + a^2), packed for the kernel; empty where deltas have zeros */
  readonly slopes: Float32Array;
  /** onto the range of U */
  readonly q: PackedProjection;
  /** onto the differences of loss vectors */
  readonly d: PackedProjection;
  /** what the projection onto { W_Hᵀ (w - e_y) : sum w = 1 } adds to its linear part */
  readonly c: Float64Array;
  /** squared size of a typical u */
  readonly size: number;
  /** r x r: q in the orthonormal basis that `q` projects with */
  readonly basis: DenseMatrix;
}

/** The two factors of a projection, packed for the kernel. */
export interface PackedProjection {
  readonly down: Float32Array;
  readonly up: Float32Array;
}

/** The affine subspaces of v = U q and u = W_Hᵀ g, with g a combination of loss vectors and g_label = -1 (method 4). */
export function projectionsFor({ ut, lossBasis, reducedHead, slopes }: LossSubspace, label: number): Projections {
  const along = matrix(1, lossBasis.rows, column(lossBasis, label));
  const square = Math.max(dot(along.data, along.data), 1e-12);
  // the shortest g with that entry: -1, and 1 / (K - 1) in all others when nothing else is known of g
  const typical = gemm(along, reducedHead, { b: true }).data.map((x) => -x / square);
  const sizes = typical.map(Math.abs).sort();
  const least = 0.3 * sizes[Math.floor(sizes.length / 2)];
  const scale = typical.map((x) => 1 / Math.max(Math.abs(x), least));
  const times = (a: DenseMatrix): DenseMatrix => ({
    ...a,
    data: a.data.map((x, i) => x * scale[i % a.columns]),
  });
  const q = orthonormalRows(times(ut)).q;
  const d = orthonormalRows(times(gemm(nullSpace(along).basis, reducedHead, { b: true }))).q;
  const centre = matrix(
    1,
    typical.length,
    typical.map((x, j) => x * scale[j]),
  );
  const inside = gemm(gemm(centre, d, { b: true }), d);
  return {
    scale,
    slopes: Float32Array.from(Array.from(slopes ?? []).flatMap((a) => [a, 1 / (1 + a * a)])),
    q: packed(q),
    d: packed(d),
    c: centre.data.map((x, j) => x - inside.data[j]),
    size: centre.data.reduce((sum, x) => sum + x * x, 0),
    basis: gemm(q, times(ut), { b: true }),
  };
}

/** Onto the span of orthonormal rows. */
function packed(rows: DenseMatrix): PackedProjection {
  const n = padded(rows.columns);
  const k = padded(rows.rows);
  const down = new Float32Array(k * n);
  const up = new Float32Array(k * n);
  pack(down, rows, false, { rows: rows.rows, inner: rows.columns, depth: n, block: blockRows });
  pack(up, transpose(rows), false, { rows: rows.columns, inner: rows.rows, depth: k, block: blockRows });
  return { down, up };
}

/** The same for one label after the other; those of the labels asked for last are kept. */
export function projectionsOf(space: LossSubspace): (label: number) => Projections {
  const kept = new Map<number, Projections>();
  return (label) => {
    const value = kept.get(label) ?? projectionsFor(space, label);
    kept.delete(label);
    kept.set(label, value); // the most recent last
    if (kept.size > 16) kept.delete(kept.keys().next().value as number);
    return value;
  };
}

/** Columns as unit vectors in a label's basis, so that one product tells the cosine of each with every start. */
export function packedColumns(columns: readonly Float64Array[], { basis }: Projections): Float32Array {
  const all = gemm(fromRows(columns), basis, { b: true });
  for (let i = 0; i < all.rows; i++) {
    const c = row(all, i);
    c.set(c.map((x) => x / norm(c)));
  }
  const [rows, depth] = [padded(all.rows), padded(all.columns)];
  const target = new Float32Array(rows * depth);
  pack(target, all, false, { rows: all.rows, inner: all.columns, depth, block: blockRows });
  return target;
}

/** Onto what is left of pre-activations, and of inputs behind them: the two factors, and what the projection adds to its linear part. */
export function packedLeft(left: PreActivations): PackedProjection & { constant: Float64Array } {
  const { neurons, inputs, directions, centre } = left;
  const rows = matrix(directions.rows, padded(neurons) + inputs);
  const spread = (from: Float64Array, to: Float64Array): void => {
    to.set(from.subarray(0, neurons));
    to.set(from.subarray(neurons, neurons + inputs), padded(neurons));
  };
  const constant = new Float64Array(rows.columns);
  spread(centre, constant);
  for (let i = 0; i < rows.rows; i++) {
    const own = row(rows, i);
    spread(row(directions, i), own);
    axpy(-dot(own, constant), own, constant);
  }
  return { ...packed(rows), constant };
}

/** The next multiple of the kernel's block. */
export function padded(value: number): number {
  return Math.ceil(value / blockRows) * blockRows;
}
