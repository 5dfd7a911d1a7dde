import { dot, matrix, norm, row } from '../../math/matrix';
import type { Rng } from '../../math/rng';
import type { DenseMatrix } from '../../types';
import type { LayerFactor } from './layerFactor';

/** Entries of U q that are looked at before a direction is counted through: one zero among them is more than chance gives. */
const probes = 64;

/** Null vectors of random r - 1 rows of U, those with a further zero; null for the others. */
export function nullSampler({ left, rank }: LayerFactor, zero: number, uniform: Rng): () => Float64Array | null {
  const order = Int32Array.from({ length: left.rows }, (_, j) => j);
  const work = matrix(rank - 1, rank);
  return () => {
    for (let i = 0; i < Math.min(left.rows, rank - 1 + probes); i++) {
      const j = i + Math.floor(uniform() * (left.rows - i));
      [order[i], order[j]] = [order[j], order[i]];
      if (i < rank - 1) row(work, i).set(row(left, order[i]));
    }
    const q = nullOf(work);
    if (!q) return null;
    for (let i = rank - 1; i < Math.min(left.rows, rank - 1 + probes); i++)
      if (Math.abs(dot(row(left, order[i]), q)) <= 1e3 * zero) return q;
    return null;
  };
}

/** A unit vector orthogonal to r - 1 rows, by elimination with column pivots, in place; null where they depend on each other. */
function nullOf({ rows, columns, data }: DenseMatrix): Float64Array | null {
  const pivots = new Int32Array(rows);
  const free = new Uint8Array(columns).fill(1);
  for (let i = 0; i < rows; i++) {
    let pivot = -1;
    for (let c = 0; c < columns; c++)
      if (free[c] && (pivot < 0 || Math.abs(data[i * columns + c]) > Math.abs(data[i * columns + pivot]))) pivot = c;
    const size = data[i * columns + pivot];
    if (!(Math.abs(size) > 1e-14)) return null;
    pivots[i] = pivot;
    free[pivot] = 0;
    for (let k = i + 1; k < rows; k++) {
      const factor = data[k * columns + pivot] / size;
      if (factor !== 0) for (let c = 0; c < columns; c++) data[k * columns + c] -= factor * data[i * columns + c];
    }
  }
  const q = new Float64Array(columns);
  q[free.indexOf(1)] = 1;
  for (let i = rows - 1; i >= 0; i--) {
    let sum = 0;
    for (let c = 0; c < columns; c++) if (c !== pivots[i]) sum += data[i * columns + c] * q[c];
    q[pivots[i]] = -sum / data[i * columns + pivots[i]];
  }
  const size = norm(q);
  return q.map((v) => v / size);
}
