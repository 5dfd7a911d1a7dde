import { check, isCount } from '../check';
import { channelsLast, type Dataset } from '../data';
import { type Defence, noDefence } from '../defences/defence';
import type { ConvNet, Watch } from '../types';
import { fitting } from './convolutionalBatches';
import { type ConvolutionalTrial, convolutionalTrial } from './convolutionalTrial';
import { defendedCase } from './trainDefended';

/** Options of {@link convolutionalDefences}. */
export interface ConvolutionalDefencesOptions extends Watch {
  /** M. @default 2 */
  readonly size?: number;
  /** of network, batch and noise, one row each for every defence. @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** time for one attack. @default 60 */
  readonly seconds?: number;
  /** threads. @default one per core */
  readonly workers?: number;
}

/** What the attack on a convolutional network leaves of one batch that a defence protects. */
export interface ConvolutionalDefenceRow extends ConvolutionalTrial {
  readonly defence: string;
  readonly strength: number;
  readonly seed: number;
}

/**
 * Defences against the attack on convolutional networks (method 11): one row per defence and seed, the first without any. The attack
 * is told nothing of the defence; clients compute in float64, so that all that is in its way is the defence.
 *
 * @param network makes the network of a seed
 * @param dataset pictures, channels last, of the network's input shape
 * @param defences those that need a fully connected network refuse; pools of theirs are channels first
 * @returns the rows so far when a signal ends it
 * @throws InputError when an option is out of range, the pictures do not fit the network, or a defence does not
 * @example
 * const input = { channels: 1, height: 28, width: 28 };
 * const plan = [64, { filters: 64, stride: 2 }] as const;
 * const rows = await convolutionalDefences(
 *   (seed) => convNet({ input, plan, head: [64], init: 'pytorch', seed }),
 *   digits,
 *   [defences.defence.prune(0.99)],
 *   { size: 1, seeds: [1] },
 * );
 * rows.map(({ exact }) => exact);  // => [1, 0]
 */
export async function convolutionalDefences(
  network: (seed: number) => ConvNet,
  dataset: Dataset,
  defences: readonly Defence[],
  options: ConvolutionalDefencesOptions = {},
): Promise<ConvolutionalDefenceRow[]> {
  const { size = 2, seeds = [1, 2, 3], seconds = 60, workers, signal, onProgress } = options;
  checkOptions(size, seeds, seconds, dataset);
  const points = [noDefence, ...defences].flatMap((defence) => seeds.map((seed) => ({ defence, seed })));
  const rows: ConvolutionalDefenceRow[] = [];
  for (const { defence, seed } of points) {
    if (signal?.aborted) break;
    const { name, strength } = defence;
    const done = rows.length;
    const tell = (fraction: number, note: string): void =>
      onProgress?.((done + Math.min(1, fraction)) / points.length, `${name} ${strength}, seed ${seed}${note}`);
    tell(0, '');
    const model = network(seed);
    const drawn = fitting('convolutionalDefences', model, dataset.draw({ size, seed }));
    const { batch, shared } = await defendedCase(model, defence, drawn, seed);
    const trial = await convolutionalTrial(model, shared, channelsLast(batch, model.input), {
      seconds,
      ...(workers !== undefined && { workers }),
      ...(signal && { signal }),
      onProgress: (fraction, note) => tell(fraction, `, ${note}`),
    });
    rows.push({ defence: name, strength, seed, ...trial });
  }
  return rows;
}

function checkOptions(size: number, seeds: readonly number[], seconds: number, { labels }: Dataset): void {
  check(
    isCount(size) && size <= labels.length,
    () => `convolutionalDefences: size is ${size}, expected an integer in 1..${labels.length} (the data set)`,
  );
  check(seeds.length > 0, () => 'convolutionalDefences: no seeds, expected at least one');
  check(seconds > 0, () => `convolutionalDefences: seconds is ${seconds}, expected a positive number`);
}
