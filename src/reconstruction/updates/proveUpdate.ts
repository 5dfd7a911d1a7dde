import type { Agreement } from '../../gradient/agreement';
import { gradientDifference } from '../../gradient/gradientDifference';
import { type ReplayedUpdate, type UpdateNoise, updateAgreement, weightsIn } from '../../gradient/updateNoise';
import { gemm } from '../../math/gemm';
import { columnSums, norm, row } from '../../math/matrix';
import type { AffineLayer, Batch, DenseMatrix, ModelUpdate } from '../../types';
import { deepReplay } from './deepReplay';
import { localReplay } from './localReplay';

/** A batch as far as an update shows it. */
export interface BatchInDoubt extends Batch {
  /** root mean square error to expect of each sample's entries */
  readonly errors: Float64Array;
}

/**
 * The gate to `exact`: the client's training replayed from the answer must end at its weights, row by row (method 12).
 *
 * @param shared sum of the gradients of all steps
 * @param parts samples of each step
 */
export function proveUpdate(
  update: ModelUpdate,
  shared: readonly AffineLayer[],
  { inputs, labels, errors }: BatchInDoubt,
  parts: readonly (readonly number[])[],
  noise: UpdateNoise,
): Agreement {
  const replay = (x: DenseMatrix): ReplayedUpdate =>
    (update.before.dense.length === 2 ? replayed : deepReplay)(update, { inputs: x, labels }, parts);
  return updateAgreement(update, shared, noise, { inputs, errors, replay });
}

/** What the training leaves in the update, replayed from a batch. */
export function replayed(
  { before, rate, momentum }: ModelUpdate,
  batch: Batch,
  parts: readonly (readonly number[])[],
): ReplayedUpdate {
  const { start, step } = localReplay(before, batch, { rate, ...(momentum && { momentum }) }, parts.length);
  const end = parts.reduce(step, start);
  const [first, head] = before.dense;
  const weight = gemm(end.summed, batch.inputs, { a: true });
  const lowest = first.bias ? { weight, bias: columnSums(end.summed) } : { weight };
  const squares = (a: DenseMatrix, positive: boolean): Float64Array =>
    Float64Array.from({ length: a.rows }, (_, m) => {
      const f = row(a, m);
      return norm(positive ? f.map((v) => Math.max(v, 0)) : f) ** 2 / a.columns;
    });
  return {
    gradient: [lowest, over(gradientDifference([head], [end.head])[0], rate)],
    sizes: [end.summed, end.losses],
    weights: weightsIn(parts, batch.labels.length, momentum),
    features: [squares(batch.inputs, false), squares(start.z, true)],
  };
}

function over({ weight, bias }: AffineLayer, rate: number): AffineLayer {
  const scaled = { ...weight, data: weight.data.map((v) => v / rate) };
  return bias ? { weight: scaled, bias: bias.map((v) => v / rate) } : { weight: scaled };
}
