import { check } from '../../check';
import { checkBatch } from '../../gradient/captureGradient';
import { checkUpdate } from '../../gradient/checkUpdate';
import { gradientNorm } from '../../gradient/gradientDifference';
import { stepWeights } from '../../gradient/stepWeights';
import { summedGradient } from '../../gradient/summedGradient';
import { type ReplayedUpdate, updateAgreement, updateNoise, weightsIn } from '../../gradient/updateNoise';
import { axpy, matrix, norm, row, sum } from '../../math/matrix';
import { checkRelu } from '../../model/checkActivation';
import { descend } from '../../model/descend';
import type { AffineLayer, Batch, DenseMatrix, Mlp, ModelUpdate } from '../../types';
import type { Certificate } from './certify';
import { replayGradient } from './replayGradient';

/** What the replay of a client's training needs beside its samples. */
export interface StepsTaken {
  /** samples of each step. @default all of them in each epoch */
  readonly order?: readonly (readonly number[])[];
  /** root mean square error of each input, which the replay has to allow for. @default none */
  readonly errors?: ArrayLike<number>;
}

/**
 * Replays a client's training on a batch and holds the weights after against the update, row by row, to what the rounding of the
 * weights, of the arithmetic and of the inputs allows (method 12). The replay shares no code with the attack.
 *
 * @throws InputError when batch or networks do not fit, their activation is not ReLU, a step names a sample that is not there, or mini-batches come without order
 * @example
 * const update = localUpdate(model, secret, { rate: 0.1, epochs: 3 });
 * certifyUpdate(update, secret).verdict;  // => 'holds'
 */
export function certifyUpdate(update: ModelUpdate, batch: Batch, { order, errors }: StepsTaken = {}): Certificate {
  const { before, epochs, batchSize } = update;
  const M = batch.inputs.rows;
  checkRelu('certifyUpdate', before);
  checkUpdate(update, 'certifyUpdate');
  checkBatch('certifyUpdate', before, batch);
  check(
    order !== undefined || batchSize === undefined || batchSize >= M,
    () => `certifyUpdate: mini-batches of ${batchSize} without order, expected the samples of each step`,
  );
  const parts = order ?? new Array<number[]>(epochs).fill(Array.from({ length: M }, (_, m) => m));
  check(
    parts.every((part) => part.length > 0 && part.every((m) => Number.isInteger(m) && m >= 0 && m < M)),
    () => `certifyUpdate: order names samples that are not there, expected numbers in 0..${M - 1}`,
  );
  check(errors === undefined || errors.length === M, () => `certifyUpdate: ${errors?.length} errors for ${M} samples`);
  const shared = summedGradient(update);
  const noise = updateNoise(update, parts.length);
  const replay = (inputs: DenseMatrix): ReplayedUpdate => replayed(update, { ...batch, inputs }, parts);
  const doubt = { inputs: batch.inputs, errors: Float64Array.from(errors ?? new Float64Array(M)), replay };
  const { holds, worst, residual, layers } = updateAgreement(update, shared, noise, doubt);
  const sizes = shared.map((layer) => gradientNorm([layer]));
  const allowed = shared.map((layer, i) => 6 * expected(layer, noise.weight[i], noise.bias[i]));
  const over = (a: number, b: number): number => (a === 0 ? 0 : a / b);
  return {
    residual,
    tolerance: over(Math.hypot(...allowed), Math.hypot(...sizes)),
    worstRow: Math.sqrt(worst),
    verdict: holds ? 'holds' : 'fails',
    layers: layers.map((l, layer) => ({ layer, residual: l.residual, tolerance: over(allowed[layer], sizes[layer]) })),
  };
}

/** Root of the summed variances of a layer's entries, from the rounding of the weights alone. */
function expected({ weight }: AffineLayer, rows: Float64Array, biases: Float64Array): number {
  return Math.sqrt(weight.columns * sum(rows) + sum(biases));
}

/** The sum of the gradients of all steps, each as often as it counts and by {@link replayGradient}, sample by sample. */
function replayed(
  { before, rate, momentum = 0 }: ModelUpdate,
  batch: Batch,
  parts: readonly (readonly number[])[],
): ReplayedUpdate {
  const M = batch.labels.length;
  const gradient = zerosLike(before);
  const sizes = before.dense.map(({ weight }) => matrix(M, weight.rows));
  const features = before.dense.map(() => new Float64Array(M));
  const counts = stepWeights(parts.length, momentum);
  let [now, velocity] = [before, zerosLike(before)];
  parts.forEach((part, t) => {
    const step = zerosLike(before);
    const count = counts[t];
    for (const m of part)
      replayGradient(now, {
        inputs: matrix(1, batch.inputs.columns, row(batch.inputs, m)),
        labels: batch.labels.slice(m, m + 1),
      }).forEach(({ weight, bias }, i) => {
        axpy(1 / part.length, weight, step[i].weight.data);
        if (step[i].bias) axpy(1 / part.length, bias, step[i].bias as Float64Array);
        axpy(count / part.length, bias.map(Math.abs), row(sizes[i], m));
        const square = (norm(weight) / (norm(bias) || 1)) ** 2 / step[i].weight.columns;
        features[i][m] = Math.max(features[i][m], square);
      });
    addTo(gradient, step, count);
    // the steps before go on
    if (momentum > 0) addTo(step, velocity, momentum);
    velocity = step;
    now = descend(now, velocity, rate);
  });
  return { gradient, sizes, weights: weightsIn(parts, M, momentum), features };
}

function addTo(sums: readonly AffineLayer[], layers: readonly AffineLayer[], factor: number): void {
  layers.forEach(({ weight, bias }, i) => {
    axpy(factor, weight.data, sums[i].weight.data);
    if (bias) axpy(factor, bias, sums[i].bias as Float64Array);
  });
}

function zerosLike({ dense }: Mlp): AffineLayer[] {
  return dense.map(({ weight, bias }) => ({
    weight: matrix(weight.rows, weight.columns),
    ...(bias && { bias: new Float64Array(bias.length) }),
  }));
}
