import { gradientState } from '../../gradient/gradientState';
import { dot } from '../../math/matrix';
import { partAbove } from '../../model/mlp';
import type { Evidence } from '../evidence/evidence';
import { columnsOf } from './columnsOf';
import type { LossSubspace } from './lossSubspace';
import { acceptable, type LossColumn } from './polish';
import { topFeatures } from './topFeatures';

/**
 * Replaces false columns by true ones. A false column is a combination of true ones; put in the place of a missing column
 * q_k it still solves to the features of sample k, since the rows of Q^-1 are biorthogonal: only the samples in the
 * combination come out wrong. So the features' own column, by a forward pass, is q_k. Needed for K = 2, where every
 * combination of supports that is again a support obeys the network.
 *
 * @returns whether any column was replaced, in place
 */
export function repair({ model }: Evidence, space: LossSubspace, columns: LossColumn[]): boolean {
  const top = topFeatures(space, columns);
  if (!top) return false;
  const last = model.dense.length - 2;
  const upper = partAbove(model, last);
  const { deltas } = gradientState(upper, { inputs: top.features, labels: top.labels });
  const own = columnsOf(space, [deltas[0], deltas[1]]);
  const parallel = (p: LossColumn, q: LossColumn): boolean => Math.abs(dot(p.q, q.q)) > 1 - 1e-9;
  let changed = false;
  own.forEach((column, m) => {
    if (!column || !acceptable(column) || columns.some((c) => parallel(c, column))) return;
    columns[m] = column;
    changed = true;
  });
  return changed;
}
