import { gemm } from '../../math/gemm';
import { matrix, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import { fullDeltas } from './fitLossVector';
import type { LossSubspace } from './lossSubspace';
import { type LossColumn, polish } from './polish';

/**
 * The columns that samples would have, from their deltas at the last hidden layer and their loss vectors, polished; null where the subspace
 * holds no such column.
 *
 * @param deltas M x n, all neurons
 * @param losses M x K
 */
export function columnsOf(
  space: LossSubspace,
  [deltas, losses]: readonly [deltas: DenseMatrix, losses: DenseMatrix],
): (LossColumn | null)[] {
  const { live, scale, u, head } = space;
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
          [],
          fullDeltas(head, row(losses, m)).map((x) => x / size),
        )
      : null;
  });
}
