import { gemm } from '../../math/gemm';
import { axpy, fromRows, matrix, row, rowsOf, stacked, transpose } from '../../math/matrix';
import { nullVector } from '../../math/nullVector';
import { orthonormalRows } from '../../math/orthonormalRows';
import type { DenseMatrix } from '../../types';
import type { LossSubspace } from '../columns/lossSubspace';
import type { Limit, Working } from '../working';
import type { LocalReplay } from './localReplay';

/**
 * Columns from a replay that nearly agrees: U q is zero where the sample's neurons are off throughout, and where they are on throughout it is the
 * replayed deltas, but for an error of the loss vectors, which lies in the span of the heads before and after. So values count
 * as well as zeros (method 12). Far from the truth it diverges: who calls it has to see whether it came nearer.
 *
 * @param parts samples of each step
 * @returns unit vectors q, or null when the patterns do not determine one of them
 */
export function* refitColumns(
  space: LossSubspace,
  replay: LocalReplay,
  parts: readonly (readonly number[])[],
  limit: Limit,
): Working<Float64Array[] | null> {
  const { steps, active, summed } = patterns(replay, parts);
  const columns: Float64Array[] = [];
  const heads = (space.ends ?? []).map((end) => transpose(end.head));
  for (let m = 0; m < steps.length; m++) {
    const count = (j: number): number => active.data[m * active.columns + j];
    const at = [...space.live.keys()];
    const off = at.filter((i) => count(space.live[i]) === 0);
    const on = at.filter((i) => count(space.live[i]) === steps[m]);
    const own = row(summed, m);
    const values = fromRows([
      Float64Array.from(on, (i) => own[space.live[i]]),
      ...heads.flatMap((h) => columnsAt(h, on)),
    ]);
    const rows = stacked(rowsOf(space.u, off), besides(values, rowsOf(space.u, on)));
    if (rows.rows < space.rank) return null;
    const start = new Float64Array(space.rank).fill(1 / Math.sqrt(space.rank));
    const found = nullVector(rows, [...Array(rows.rows).keys()], start);
    if (!found || (yield* limit.breathe())) return null;
    columns.push(found.vector);
  }
  return columns;
}

/** In how many steps each sample takes part, each of its neurons is on, and its summed deltas. */
function patterns({ start, step }: LocalReplay, parts: readonly (readonly number[])[]) {
  const [M, n] = [start.z.rows, start.z.columns];
  const active = matrix(M, n);
  const steps = new Int32Array(M);
  let state = start;
  for (const part of parts) {
    for (const m of part) {
      steps[m]++;
      for (let j = m * n; j < (m + 1) * n; j++) if (state.z.data[j] > 0) active.data[j]++;
    }
    state = step(state, part);
  }
  return { steps, active, summed: state.summed };
}

function columnsAt(head: DenseMatrix, on: readonly number[]): Float64Array[] {
  return Array.from({ length: head.rows }, (_, c) => Float64Array.from(on, (i) => row(head, c)[i]));
}

/** What is left of the columns of A (n x r) beside the span of some vectors (k x n). */
function besides(vectors: DenseMatrix, a: DenseMatrix): DenseMatrix {
  if (a.rows <= vectors.rows) return matrix(0, a.columns);
  const { q } = orthonormalRows(vectors);
  const rest = { ...a, data: a.data.slice() };
  axpy(-1, gemm(q, gemm(q, a), { a: true }).data, rest.data);
  return rest;
}
