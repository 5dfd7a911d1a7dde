import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import { pick } from '../data/draw';
import { rng, sampleIndices } from '../math/rng';
import { nextTurn } from '../nextTurn';
import type { Batch, Mlp, Watch } from '../types';
import { accuracyInTurns } from './accuracy';
import { sgdStep, toNetwork, toTrainable } from './sgdStep';

/** Options of {@link train}. */
export interface TrainOptions extends Watch {
  /** number of updates */
  readonly steps: number;
  /** @default 64, or the whole dataset when it is smaller */
  readonly batchSize?: number;
  /** learning rate. @default 0.1 */
  readonly rate?: number;
  /** @default 0 */
  readonly seed?: number;
  /** numbers of updates, ascending, after which a copy of the network is kept; 0 is the start. @default [] */
  readonly checkpoints?: readonly number[];
}

/** What training came to; divergence is an outcome, not an error. */
export interface Training {
  readonly status: 'trained' | 'diverged';
  readonly model: Mlp;
  /** loss of each step's batch, before its update */
  readonly losses: readonly number[];
  /** on all samples of the dataset, in [0, 1] */
  readonly accuracy: number;
  readonly checkpoints: readonly { readonly step: number; readonly model: Mlp }[];
}

/**
 * Plain stochastic gradient descent on softmax cross-entropy; the given network stays as it is.
 *
 * Batches walk through the dataset in a new random order each epoch. Training stops early when the loss is no longer finite.
 *
 * @throws InputError when an option is out of range or the dataset does not fit the model; AbortError when stopped by `signal`
 * @example
 * // 784-512-10 with rate 0.3 reaches 0.98 in 1000 steps, 10 s
 * const { model: trained } = await train(mlp({ widths: [784, 32, 10] }), digits, { steps: 200, rate: 0.3 });
 * accuracy(trained, digits);  // => 0.91
 */
export async function train(model: Mlp, dataset: Dataset, options: TrainOptions): Promise<Training> {
  const { steps, rate = 0.1, seed = 0, checkpoints = [], signal, onProgress } = options;
  const { batchSize = Math.min(64, dataset.inputs.rows) } = options;
  checkOptions(model, dataset, { steps, batchSize, rate, seed });
  const batches = epochs(dataset, batchSize, seed);
  const network = toTrainable(model);
  const losses: number[] = [];
  const kept: { step: number; model: Mlp }[] = [];
  const keep = (step: number): void => {
    if (checkpoints.includes(step)) kept.push({ step, model: toNetwork(network) });
  };
  keep(0);
  for (let step = 1; step <= steps; step++) {
    await nextTurn(); // lets interrupts and progress through
    signal?.throwIfAborted();
    const loss = sgdStep(network, batches.next().value as Batch, rate);
    losses.push(loss);
    if (!Number.isFinite(loss)) break;
    keep(step);
    onProgress?.(step / steps, `step ${step}: loss ${loss.toPrecision(3)}`);
  }
  const trained = toNetwork(network);
  const status = losses.every(Number.isFinite) ? 'trained' : 'diverged';
  return {
    status,
    model: trained,
    losses,
    accuracy: await accuracyInTurns(trained, dataset, signal),
    checkpoints: kept,
  };
}

/** Endless batches; the rest of an epoch that fills no batch is left out. */
function* epochs(dataset: Dataset, size: number, seed: number): Generator<Batch> {
  const uniform = rng(seed);
  for (;;) {
    const order = sampleIndices(uniform, dataset.inputs.rows, dataset.inputs.rows);
    for (let at = 0; at + size <= order.length; at += size) yield pick(dataset, order.slice(at, at + size));
  }
}

function checkOptions(
  { widths }: Mlp,
  { name, inputs, classes }: Dataset,
  { steps, batchSize, rate, seed }: { steps: number; batchSize: number; rate: number; seed: number },
): void {
  check(isCount(steps, 0), () => `train: steps is ${steps}, expected an integer >= 0`);
  check(Number.isInteger(seed), () => `train: seed is ${seed}, expected an integer`);
  check(
    isCount(batchSize) && batchSize <= inputs.rows,
    () => `train: batchSize is ${batchSize}, expected an integer in 1..${inputs.rows}`,
  );
  check(0 < rate && rate < Infinity, () => `train: rate is ${rate}, expected a positive number`);
  check(
    inputs.columns === widths[0] && classes <= (widths.at(-1) as number),
    () =>
      `train: ${name} has samples of ${inputs.columns} entries in ${classes} classes, expected ${widths[0]} entries and at most ${widths.at(-1)} classes (the model's widths)`,
  );
}
