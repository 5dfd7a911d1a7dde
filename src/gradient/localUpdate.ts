import { check, isCount } from '../check';
import { pick } from '../data/draw';
import { rng, sampleIndices } from '../math/rng';
import { inFloat32 } from '../model/inFloat32';
import { mlpOf } from '../model/mlp';
import type { AffineLayer, Batch, LocalTraining, Mlp, ModelUpdate, Precision } from '../types';
import { captureGradient, checkBatch } from './captureGradient';

/** Options of {@link localUpdate}. */
export interface LocalUpdateOptions extends LocalTraining {
  /** 'float32': weights are rounded to it, and every step is computed in it, as frameworks do. @default 'float64' */
  readonly precision?: Precision;
  /** of the order of mini-batches. @default 0 */
  readonly seed?: number;
}

const understood = ['rate', 'epochs', 'batchSize', 'precision', 'seed'];

/**
 * The update that a client of FedAvg shares after some local steps of plain SGD on its batch (method 12).
 *
 * Momentum and Adam are refused: the first weighs the steps unequally, which the attack does not read yet; under the second the
 * update is no sum of gradients, so no layer of it is spanned by the inputs.
 *
 * @throws InputError when the batch does not fit the model, an option is out of range or not understood, or training diverges
 * @example
 * const update = localUpdate(model, secret, { rate: 0.1, epochs: 5 });
 * update.after.widths;  // => [784, 512, 10]
 */
export function localUpdate(model: Mlp, batch: Batch, options: LocalUpdateOptions): ModelUpdate {
  const { precision = 'float64', seed = 0, ...training } = options;
  const unknown = Object.keys(options).filter((key) => !understood.includes(key));
  check(
    unknown.length === 0,
    () => `localUpdate: option ${unknown.join(', ')} is not understood, expected ${understood.join(', ')}: plain SGD`,
  );
  checkBatch('localUpdate', model, batch);
  checkTraining('localUpdate', training);
  check(Number.isInteger(seed), () => `localUpdate: seed is ${seed}, expected an integer`);
  const before = precision === 'float32' ? inFloat32(model) : model;
  const order = miniBatches(batch.labels.length, training, seed);
  const after = trainedOn(before, batch, order, training.rate, precision);
  check(
    after.dense.every(({ weight }) => weight.data.every(Number.isFinite)),
    () => `localUpdate: training diverged at rate ${training.rate}, expected finite weights; lower the rate`,
  );
  return { before, after, precision, ...training };
}

/** Throws unless the training can be replayed; `caller` is named in the message. */
export function checkTraining(caller: string, { rate, epochs, batchSize }: LocalTraining): void {
  check(0 < rate && rate < Infinity, () => `${caller}: rate is ${rate}, expected a positive number`);
  check(isCount(epochs), () => `${caller}: epochs is ${epochs}, expected a positive integer`);
  check(
    batchSize === undefined || isCount(batchSize),
    () => `${caller}: batchSize is ${batchSize}, expected a positive integer, or nothing for the whole batch`,
  );
}

/** Samples of each step, in order: every epoch shuffled anew. */
export function miniBatches(samples: number, { epochs, batchSize = samples }: LocalTraining, seed: number): number[][] {
  const uniform = rng(seed);
  return Array.from({ length: epochs }, () => {
    const order = sampleIndices(uniform, samples, samples);
    return batchSizes(samples, batchSize).map((size) => order.splice(0, size));
  }).flat();
}

/** Sizes of the mini-batches of an epoch: the last may be smaller. */
export function batchSizes(samples: number, batchSize: number = samples): number[] {
  const steps = Math.ceil(samples / batchSize);
  return Array.from({ length: steps }, (_, k) => Math.min(batchSize, samples - k * batchSize));
}

/** The network after a step of SGD on each of these parts of the batch. */
export function trainedOn(
  model: Mlp,
  batch: Batch,
  parts: readonly (readonly number[])[],
  rate: number,
  precision: Precision,
): Mlp {
  const round = precision === 'float32' ? Math.fround : (x: number): number => x;
  const factor = round(rate);
  const moved = (values: Float64Array, along: Float64Array): Float64Array =>
    values.map((v, k) => round(v - round(factor * along[k])));
  return parts.reduce((now, part) => {
    const { gradients } = captureGradient(now, pick(batch, part), { precision });
    return mlpOf(
      now.dense.map(({ weight, bias }, i): AffineLayer => {
        const g = gradients[i];
        const next = { ...weight, data: moved(weight.data, g.weight.data) };
        return bias && g.bias ? { weight: next, bias: moved(bias, g.bias) } : { weight: next };
      }),
    );
  }, model);
}
