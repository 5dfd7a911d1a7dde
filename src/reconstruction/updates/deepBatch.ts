import { batchSizes } from '../../gradient/localUpdate';
import { summedGradient } from '../../gradient/summedGradient';
import { updateNoise } from '../../gradient/updateNoise';
import { dot, norm, row } from '../../math/matrix';
import { backward } from '../../model/backward';
import { forward } from '../../model/forward';
import type { DenseMatrix, Mlp, ModelUpdate } from '../../types';
import type { LossSubspace } from '../columns/lossSubspace';
import type { LossColumn } from '../columns/polish';
import type { TopFeatures } from '../columns/topFeatures';
import type { LocalBatch } from './localBatch';
import { proveUpdate } from './proveUpdate';
import { inputErrors, summedDeltas } from './shownDeltas';

/**
 * Inputs that an update of a network with several hidden layers shows, and their labels: of all classes the one whose deltas at the start are most
 * nearly parallel to those that the update sums up (method 12).
 *
 * @param update with the training as it was told
 * @returns with the proof, but for mini-batches, whose order is not searched here
 */
export function deepBatch(
  update: ModelUpdate,
  space: LossSubspace,
  columns: readonly LossColumn[],
  top: TopFeatures,
): LocalBatch {
  const { before, rate, epochs, batchSize } = update;
  const { features: inputs, condition } = top;
  const summed = summedDeltas(space, columns, top, before.widths[1]);
  const all = Array.from({ length: inputs.rows }, (_, m) => m);
  const whole = batchSizes(inputs.rows, batchSize).length === 1;
  const parts = whole ? new Array<number[]>(epochs).fill(all) : null;
  const batch = { inputs, labels: likeliestLabels(before, inputs, summed), errors: inputErrors(space, top) };
  const agreement =
    parts && proveUpdate(update, summedGradient(update), batch, parts, updateNoise(update, parts.length));
  const training = { rate, epochs, ...(batchSize !== undefined && { batchSize }) };
  return { ...batch, training, copies: all.map(() => 1), condition, parts, agreement, rateError: 0, others: [] };
}

function likeliestLabels(model: Mlp, inputs: DenseMatrix, summed: DenseMatrix): Int32Array {
  const labels = new Int32Array(inputs.rows);
  const best = new Float64Array(inputs.rows).fill(Number.NEGATIVE_INFINITY);
  const passed = forward(model, inputs);
  for (let c = 0; c < passed.logits.columns; c++) {
    const own = backward(model, passed, new Int32Array(inputs.rows).fill(c))[0];
    for (let m = 0; m < inputs.rows; m++) {
      const cosine = dot(row(own, m), row(summed, m)) / (norm(row(own, m)) || 1);
      if (!(cosine > best[m])) continue;
      best[m] = cosine;
      labels[m] = c;
    }
  }
  return labels;
}
