import { check, isCount } from '../check';
import { type Dataset, dataset as datasetOf } from '../data/dataset';
import { pick } from '../data/draw';
import { rng, sampleIndices } from '../math/rng';
import { accuracyInTurns } from '../model/accuracy';
import { inFloat32 } from '../model/inFloat32';
import { train } from '../model/sgd';
import type { Batch, Mlp, Watch } from '../types';

/** A network after so many updates. */
export interface TrainedNetwork {
  readonly steps: number;
  readonly model: Mlp;
  /** on the held-out samples, in [0, 1] */
  readonly accuracy: number;
}

/** How the networks of {@link overTraining} are trained. */
interface TrainedNetworksOptions extends Watch {
  readonly heldOut?: number;
  readonly batchSize?: number;
  readonly rate?: number;
  readonly seed?: number;
}

/**
 * One run of training, its network at each of `steps`; weights and samples are rounded to float32, as frameworks hold them.
 *
 * @throws InputError when too few samples are left to train on or to hold out, or training diverges
 */
export async function trainedNetworks(
  start: Mlp,
  dataset: Dataset,
  steps: readonly number[],
  { heldOut = Math.floor(dataset.labels.length / 5), rate = 0.3, seed = 1, ...options }: TrainedNetworksOptions,
): Promise<{ networks: TrainedNetwork[]; heldOut: Dataset }> {
  const count = dataset.labels.length;
  check(
    isCount(heldOut) && heldOut < count,
    () => `overTraining: heldOut is ${heldOut}, expected an integer in 1..${count - 1} (${dataset.name} has ${count})`,
  );
  const order = sampleIndices(rng(seed), count, count);
  const part = (indices: readonly number[]): Dataset =>
    datasetOf({ name: dataset.name, classes: dataset.classes, ...roundedInputs(pick(dataset, indices)) });
  const [judges, rest] = [part(order.slice(0, heldOut)), part(order.slice(heldOut))];
  const last = steps.at(-1) ?? 0;
  const { batchSize = Math.min(32, count - heldOut), signal, onProgress } = options;
  const { status, losses, checkpoints } = await train(start, rest, {
    ...{ steps: last, checkpoints: steps, rate, seed, batchSize },
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  check(
    status === 'trained',
    () => `overTraining: training diverged at step ${losses.length} of ${last} with rate ${rate}; try a smaller rate`,
  );
  const networks: TrainedNetwork[] = [];
  for (const { step, model } of checkpoints) {
    const rounded = inFloat32(model);
    networks.push({ steps: step, model: rounded, accuracy: await accuracyInTurns(rounded, judges, signal) });
  }
  return { networks, heldOut: judges };
}

function roundedInputs({ inputs, ...rest }: Batch): Batch {
  return { ...rest, inputs: { ...inputs, data: inputs.data.map(Math.fround) } };
}
