import { gemm } from '../../math/gemm';
import { matrix, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { LossSubspace } from './lossSubspace';
import { type LossColumn, polish } from './polish';

/**
 * The columns that samples would have, from their deltas at the last ReLU layer, polished; null where the subspace holds no such column.
 *
 * @param deltas M x n, all neurons
 */
export function columnsOf(space: LossSubspace, deltas: DenseMatrix): (LossColumn | null)[] {
  const { live, scale, u } = space;
  const own = matrix(deltas.rows, live.length);
  for (let m = 0; m < deltas.rows; m++) {
    const delta = row(deltas, m);
    row(own, m).set(Float64Array.from(live, (j, i) => scale[i] * delta[j]));
  }
  const q = gemm(own, u);
  return Array.from({ length: q.rows }, (_, m) => {
    const size = norm(row(q, m));
    return size > 0
      ? polish(
          space,
          row(q, m).map((x) => x / size),
        )
      : null;
  });
}
