import { check, isCount } from '../check';
import { channelsFirst, type Dataset } from '../data';
import { captureGradient } from '../gradient/captureGradient';
import { sizeOf } from '../model/layers/planes';
import type { Batch, ConvNet, Precision, Watch } from '../types';
import { type ConvolutionalTrial, convolutionalTrial } from './convolutionalTrial';

/** Options of {@link convolutionalBatches}. */
export interface ConvolutionalBatchesOptions extends Watch {
  /** M, one row each. @default [1, 2, 4, 8] */
  readonly sizes?: readonly number[];
  /** of network and batch, one row each for every size. @default [1] */
  readonly seeds?: readonly number[];
  /** as {@link captureGradient} has them. @default 'float32' */
  readonly precision?: Precision | 'rounded';
  /** time for one batch, after which it gives what it has. @default 300 */
  readonly seconds?: number;
  /** threads. @default one per core */
  readonly workers?: number;
}

/** One batch of a convolutional network, attacked. */
export interface ConvolutionalRow extends ConvolutionalTrial {
  /** name of the data set */
  readonly data: string;
  readonly seed: number;
}

/**
 * Whole batches of pictures read back from the averaged gradients of convolutional networks (method 11), one row per size and
 * seed. A signal ends the batch that runs with what it has, and the experiment with the rows so far.
 *
 * @param network makes the network of a seed
 * @param dataset pictures, channels last, of the network's input shape
 * @throws InputError when an option is out of range, or the pictures are none or do not fit the network
 * @example
 * const input = { channels: 1, height: 28, width: 28 };
 * const plan = [64, { filters: 64, stride: 2 }, 128, { filters: 128, stride: 2 }] as const;
 * const rows = await convolutionalBatches((seed) => convNet({ input, plan, head: [64], init: 'pytorch', seed }), digits, { sizes: [1] });
 * rows.map(({ size, status, labels, false: wrong }) => [size, status, labels, wrong]);  // => [[1, 'exact', 1, 0]]
 */
export async function convolutionalBatches(
  network: (seed: number) => ConvNet,
  dataset: Dataset,
  options: ConvolutionalBatchesOptions = {},
): Promise<ConvolutionalRow[]> {
  const { sizes = [1, 2, 4, 8], seeds = [1], precision = 'float32', seconds = 300, workers } = options;
  checkOptions(sizes, seeds, seconds, dataset);
  const { signal, onProgress } = options;
  const points = sizes.flatMap((size) => seeds.map((seed) => ({ size, seed })));
  const rows: ConvolutionalRow[] = [];
  for (const { size, seed } of points) {
    if (signal?.aborted) break;
    const model = network(seed);
    const truth = dataset.draw({ size, seed });
    const gradient = captureGradient(model, fitting('convolutionalBatches', model, truth), { precision });
    const done = rows.length;
    const own = await convolutionalTrial(model, gradient, truth, {
      seconds,
      ...(workers !== undefined && { workers }),
      ...(signal && { signal }),
      onProgress: (fraction, note) =>
        onProgress?.((done + Math.min(1, fraction)) / points.length, `M = ${size}, ${note}`),
    });
    rows.push({ data: dataset.name, seed, ...own });
    onProgress?.(rows.length / points.length, `M = ${size}: ${own.status}`);
  }
  return rows;
}

/** The pictures as the network takes them; `caller` opens the messages. */
export function fitting(caller: string, { input }: ConvNet, batch: Batch): Batch {
  const { image } = batch;
  check(image !== undefined, () => `${caller}: the data set has no pictures, expected some`);
  const { channels, height, width } = image;
  check(
    channels === input.channels && height === input.height && width === input.width,
    () =>
      `${caller}: pictures are ${channels} x ${height} x ${width}, expected ${input.channels} x ${input.height} x ${input.width} (${sizeOf(input)} values, the network's input); see data.atSide`,
  );
  return channelsFirst(batch);
}

function checkOptions(sizes: readonly number[], seeds: readonly number[], seconds: number, { labels }: Dataset): void {
  check(
    sizes.length > 0 && seeds.length > 0,
    () => `convolutionalBatches: ${sizes.length} sizes and ${seeds.length} seeds, expected at least one of each`,
  );
  const odd = sizes.find((size) => !(isCount(size) && size <= labels.length));
  check(
    odd === undefined,
    () => `convolutionalBatches: size is ${odd}, expected an integer in 1..${labels.length} (the data set)`,
  );
  check(seconds > 0, () => `convolutionalBatches: seconds is ${seconds}, expected a positive number`);
}
