import { matrix, row } from '../../math/matrix';
import type { AffineLayer, AveragedGradient, DenseMatrix, Mlp } from '../../types';
import { copies } from '../columns/copies';
import { type TopFeatures, topFeatures } from '../columns/inputs';
import type { LossSubspace } from '../columns/lossSubspace';
import type { LossColumn } from '../columns/polish';
import { refineTop } from './refineTop';
import { replayResidual } from './replayResidual';
import { topDown } from './topDown';

/** A whole batch and how well it gives the gradient. */
export interface CompleteBatch {
  /** distinct samples, r x d0 */
  readonly inputs: DenseMatrix;
  readonly labels: Int32Array;
  /** copies of each in the batch */
  readonly counts: Int32Array;
  readonly batchSize: number;
  readonly residual: number;
  readonly systems: readonly { readonly layer: number; readonly rank: number; readonly condition: number }[];
}

/**
 * From all columns to the inputs, and the replay that judges them.
 *
 * @returns null when the columns cannot all be right: dependent, shares that are no whole numbers, a layer not determined
 */
export function completeBatch(
  model: Mlp,
  gradient: AveragedGradient,
  space: LossSubspace,
  columns: readonly LossColumn[],
): CompleteBatch | null {
  const linear = topFeatures(space, columns);
  const share = linear && copies(model, linear, gradient.reduction);
  if (!share) return null;
  const finish = (top: TopFeatures): CompleteBatch | null => {
    const down = topDown(model, gradient, top);
    if (!down) return null;
    const batch = repeated(down.inputs, top.labels, share.counts);
    const residual = replayResidual(model, gradient, batch, gradient.reduction);
    const last = { layer: model.dense.length - 2, rank: space.rank, condition: top.condition };
    return { ...share, inputs: down.inputs, labels: top.labels, residual, systems: [last, ...down.systems] };
  };
  const rough = finish(linear);
  if (gradient.precision === 'float64' && rough && rough.residual < 1e-11) return rough;
  const shares = Float64Array.from(share.counts, (k) => (gradient.reduction === 'mean' ? k / share.batchSize : k));
  const fine = finish(refineTop(model.dense.at(-2) as AffineLayer, gradient, space, columns, linear, shares));
  return fine && (!rough || fine.residual < rough.residual) ? fine : rough;
}

/** The batch with every sample as often as it stands in it. */
export function repeated(
  inputs: DenseMatrix,
  labels: Int32Array,
  counts: Int32Array,
): { inputs: DenseMatrix; labels: Int32Array } {
  const order = Array.from(labels.keys()).flatMap((m) => new Array<number>(counts[m]).fill(m));
  const all = matrix(order.length, inputs.columns);
  order.forEach((m, i) => {
    row(all, i).set(row(inputs, m));
  });
  return { inputs: all, labels: Int32Array.from(order, (m) => labels[m]) };
}
