import { gemm } from '../../math/gemm';
import { matrix, row } from '../../math/matrix';
import { backward } from '../../model/backward';
import { forward } from '../../model/forward';
import type { DenseMatrix, Mlp } from '../../types';
import type { LossSubspace } from './lossSubspace';
import { type LossColumn, polish } from './polish';

/**
 * The columns that samples would have, from the features entering layer `from`: one forward and backward pass give the
 * deltas, which are then polished; null where the subspace holds no such column.
 */
export function columnsOf(
  model: Mlp,
  space: LossSubspace,
  features: DenseMatrix,
  labels: Int32Array,
  from: number,
): (LossColumn | null)[] {
  const last = model.dense.length - 2;
  const delta = backward(model, forward(model, features, from), labels, { lowest: last })[last];
  const live = matrix(delta.rows, space.live.length);
  for (let m = 0; m < delta.rows; m++) row(live, m).set(Float64Array.from(space.live, (j) => row(delta, m)[j]));
  const q = gemm(live, space.u);
  return Array.from(labels, (_, m) => {
    const size = Math.hypot(...row(q, m));
    return size > 0
      ? polish(
          space,
          row(q, m).map((x) => x / size),
        )
      : null;
  });
}
