import { check, checkUnderstood, isCount } from '../check';
import { pick } from '../data/draw';
import { rng, sampleIndices } from '../math/rng';
import { inFloat32 } from '../model/inFloat32';
import { mlpOf } from '../model/mlp';
import type { AffineLayer, Batch, LocalTraining, Mlp, ModelUpdate, Precision, ToldTraining } from '../types';
import { captureGradient, checkBatch } from './captureGradient';

/** Options of {@link localUpdate}. */
export interface LocalUpdateOptions extends LocalTraining {
  /** 'float32': weights are rounded to it, and every step is computed in it, as frameworks do. @default 'float64' */
  readonly precision?: Precision;
  /** of the order of mini-batches. @default 0 */
  readonly seed?: number;
}

const understood = ['rate', 'epochs', 'batchSize', 'momentum', 'precision', 'seed'];

/** Why updates of Adam and its like are not read. */
export const onlySgd =
  "expected plain SGD or its momentum: Adam divides every weight's gradient by a number of its own, so the rows of its update are no combinations of inputs";

/**
 * The update that a client of FedAvg shares after some local steps of SGD on its batch (method 12).
 *
 * Adam is refused: it divides every weight's gradient by a number of its own, so no layer of its update is spanned by the inputs.
 *
 * @throws InputError when the batch does not fit the model, an option is out of range or not understood, or training diverges
 * @example
 * const update = localUpdate(model, secret, { rate: 0.1, epochs: 5 });
 * update.after.widths;  // => [784, 512, 10]
 */
export function localUpdate(model: Mlp, batch: Batch, options: LocalUpdateOptions): ModelUpdate {
  const { precision = 'float64', seed = 0, ...training } = options;
  checkUnderstood('localUpdate', options, understood, onlySgd);
  checkBatch('localUpdate', model, batch);
  checkTraining('localUpdate', training);
  check(Number.isInteger(seed), () => `localUpdate: seed is ${seed}, expected an integer`);
  const before = precision === 'float32' ? inFloat32(model) : model;
  const order = miniBatches(batch.labels.length, training, seed);
  const after = trainedOn(before, batch, order, training, precision);
  check(
    after.dense.every(({ weight }) => weight.data.every(Number.isFinite)),
    () => `localUpdate: training diverged at rate ${training.rate}, expected finite weights; lower the rate`,
  );
  return { before, after, precision, ...training };
}

/** Throws unless what is told of the training is in range; `caller` is named in the message. */
export function checkTraining(caller: string, { rate, epochs, batchSize, momentum = 0 }: ToldTraining): void {
  check(
    rate === undefined || (0 < rate && rate < Infinity),
    () => `${caller}: rate is ${rate}, expected a positive number`,
  );
  check(epochs === undefined || isCount(epochs), () => `${caller}: epochs is ${epochs}, expected a positive integer`);
  check(
    batchSize === undefined || batchSize === 'unknown' || isCount(batchSize),
    () => `${caller}: batchSize is ${batchSize}, expected a positive integer, or nothing for the whole batch`,
  );
  check(0 <= momentum && momentum < 1, () => `${caller}: momentum is ${momentum}, expected a number in [0, 1)`);
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
  { rate, momentum = 0 }: Pick<LocalTraining, 'rate' | 'momentum'>,
  precision: Precision,
): Mlp {
  const round = precision === 'float32' ? Math.fround : (x: number): number => x;
  const [factor, kept] = [round(rate), round(momentum)];
  const moved = (values: Float64Array, along: Float64Array): Float64Array =>
    values.map((v, k) => round(v - round(factor * along[k])));
  const heavier = (velocity: Float64Array | undefined, g: Float64Array): Float64Array =>
    velocity && kept > 0 ? g.map((v, k) => round(round(kept * velocity[k]) + v)) : g;
  let velocity: readonly AffineLayer[] | undefined;
  return parts.reduce((now, part) => {
    const { gradients } = captureGradient(now, pick(batch, part), { precision });
    velocity = gradients.map(({ weight, bias }, i): AffineLayer => {
      const [before, next] = [velocity?.[i], { ...weight, data: heavier(velocity?.[i].weight.data, weight.data) }];
      return bias ? { weight: next, bias: heavier(before?.bias, bias) } : { weight: next };
    });
    const along = velocity;
    return mlpOf(
      now.dense.map(({ weight, bias }, i): AffineLayer => {
        const g = along[i];
        const next = { ...weight, data: moved(weight.data, g.weight.data) };
        return bias && g.bias ? { weight: next, bias: moved(bias, g.bias) } : { weight: next };
      }),
      now.activations,
    );
  }, model);
}
