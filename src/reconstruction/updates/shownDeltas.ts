import { dot, matrix, row } from '../../math/matrix';
import type { DenseMatrix, Mlp } from '../../types';
import { deltaNoise, deltas, type LossSubspace } from '../columns/lossSubspace';
import type { LossColumn } from '../columns/polish';
import type { TopFeatures } from '../columns/topFeatures';
import { localReplay } from './localReplay';
import type { BatchInDoubt } from './proveUpdate';

/** All that columns show of the local samples before anything is said of the rate and the steps. */
export interface ShownDeltas {
  readonly before: Mlp;
  readonly after: Mlp;
  readonly batch: BatchInDoubt;
  /** of the columns */
  readonly condition: number;
  /** M x n: what each sample's deltas moved the weights by, over its features: rate times their sum */
  readonly moved: DenseMatrix;
  /** noise of each row of them */
  readonly tolerance: Float64Array;
  /** M x n: each sample's deltas under the network before */
  readonly first: DenseMatrix;
  /** roughly by how much each sample moved the weights, in deltas: rate times its steps over the size of their mini-batches */
  readonly weights: Float64Array;
}

/** Error of an input over what the noise of the update alone makes of it: the columns have errors of their own. */
const columnsToo = 2;

/**
 * Inputs, labels and summed deltas from as many columns as samples.
 *
 * @param unit rate that the space was made with
 */
export function shownDeltas(
  { before, after, precision }: Pick<ShownDeltas, 'before' | 'after'> & { readonly precision: string },
  space: LossSubspace,
  columns: readonly LossColumn[],
  top: TopFeatures,
  unit: number,
): ShownDeltas {
  const moved = summedDeltas(space, columns, top, before.widths[1], unit);
  const tolerance = Float64Array.from(
    columns,
    ({ q }, m) => unit * (precision === 'float32' ? 9 : 60) * deltaNoise(space, q) * Math.abs(top.factors[m]),
  );
  const { features: inputs, labels, condition } = top;
  const batch = { inputs, labels, errors: inputErrors(space, top) };
  const first = deltasAt(before, batch);
  const weights = weightsOf(moved, first, deltasAt(after, batch));
  return { before, after, batch, condition, moved, tolerance, first, weights };
}

/** M x n: deltas that the columns show, times `unit`; zero for neurons without a gradient. */
export function summedDeltas(
  space: LossSubspace,
  columns: readonly LossColumn[],
  { factors }: TopFeatures,
  neurons: number,
  unit = 1,
): DenseMatrix {
  const summed = matrix(columns.length, neurons);
  columns.forEach(({ q }, m) => {
    const own = deltas(space, q);
    space.live.forEach((j, i) => {
      summed.data[m * neurons + j] = unit * factors[m] * own[i];
    });
  });
  return summed;
}

/** Root mean square error to expect of each input's entries. */
export function inputErrors(space: LossSubspace, { coordinates }: TopFeatures): Float64Array {
  return Float64Array.from({ length: coordinates.rows }, (_, m) => columnsToo * deltaNoise(space, row(coordinates, m)));
}

function deltasAt(model: Mlp, batch: BatchInDoubt): DenseMatrix {
  const { deltas, start } = localReplay(model, batch, { rate: 1 }, 1);
  return deltas(
    start,
    Array.from(batch.labels, (_, m) => m),
  ).hidden;
}

/** In terms of the mean of the deltas before and after, where both are not zero. */
function weightsOf(moved: DenseMatrix, before: DenseMatrix, after: DenseMatrix): Float64Array {
  return Float64Array.from({ length: moved.rows }, (_, m) => {
    const [a, b] = [row(before, m), row(after, m)];
    const mean = a.map((v, j) => (v !== 0 && b[j] !== 0 ? (v + b[j]) / 2 : 0));
    return dot(row(moved, m), mean) / dot(mean, mean);
  });
}
