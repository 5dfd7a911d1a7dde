import { gemm, pack } from '../../math/gemm';
import { matrix, transpose } from '../../math/matrix';
import { orthonormalRows } from '../../math/orthonormalRows';
import { blockRows } from '../../math/wasm/panelKernel';
import type { DenseMatrix } from '../../types';
import { fullDeltas } from './fitLossVector';
import type { LossSubspace } from './lossSubspace';

/** Projection A of the difference map for one label; rows are scaled by a typical |u|, so that they weigh the same. */
export interface Projections {
  readonly scale: Float64Array;
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

/** The affine subspaces of v = U q and u = W_Hᵀ (w - e_label), sum w = 1 (SPEC 4). */
export function projectionsFor({ ut, head }: LossSubspace, label: number): Projections {
  const k = head.columns;
  const typical = fullDeltas(
    head,
    Float64Array.from({ length: k }, (_, c) => (c === label ? -1 : 1 / (k - 1))),
  );
  const sizes = typical.map(Math.abs).sort();
  const least = 0.3 * (sizes[Math.floor(sizes.length / 2)] as number);
  const scale = typical.map((x) => 1 / Math.max(Math.abs(x), least));
  const times = (a: DenseMatrix): DenseMatrix => ({
    ...a,
    data: a.data.map((x, i) => x * (scale[i % a.columns] as number)),
  });
  const q = orthonormalRows(times(ut)).q;
  const d = orthonormalRows(times(differences(head, label))).q;
  const centre = matrix(
    1,
    head.rows,
    typical.map((x, j) => x * (scale[j] as number)),
  );
  const along = gemm(gemm(centre, d, { b: true }), d);
  return {
    scale,
    q: packed(q),
    d: packed(d),
    c: centre.data.map((x, j) => x - (along.data[j] as number)),
    size: centre.data.reduce((sum, x) => sum + x * x, 0),
    basis: gemm(q, times(ut), { b: true }),
  };
}

/** W_Hᵀ (e_c - e_first) over the classes c other than the label and the first other one, (K - 2) x n. */
function differences(head: DenseMatrix, label: number): DenseMatrix {
  const k = head.columns;
  const [first = 0, ...others] = Array.from({ length: k }, (_, c) => c).filter((c) => c !== label);
  const directions = matrix(others.length, head.rows);
  others.forEach((c, i) => {
    for (let j = 0; j < head.rows; j++)
      directions.data[i * head.rows + j] = (head.data[j * k + c] as number) - (head.data[j * k + first] as number);
  });
  return directions;
}

function packed(rows: DenseMatrix): PackedProjection {
  const n = padded(rows.columns);
  const k = padded(rows.rows);
  const down = new Float32Array(k * n);
  const up = new Float32Array(k * n);
  pack(down, rows, false, rows.rows, rows.columns, n, blockRows);
  pack(up, transpose(rows), false, rows.columns, rows.rows, k, blockRows);
  return { down, up };
}

/** The next multiple of the kernel's block. */
export function padded(value: number): number {
  return Math.ceil(value / blockRows) * blockRows;
}
