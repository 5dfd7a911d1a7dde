import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import { pick } from '../data/draw';
import { averageUpdates } from '../defences/averageUpdates';
import { type Defence, noDefence } from '../defences/defence';
import { type LocalUpdateOptions, localUpdate } from '../gradient/localUpdate';
import type { Batch, Mlp, ModelUpdate, Watch } from '../types';
import { type FederatedOutcome, federatedOutcome } from './federatedOutcome';
import { unlessStopped } from './unlessStopped';

/** Options of {@link federatedDefences}. */
export interface FederatedDefencesOptions extends Watch {
  /** what a client does before it shares. @default { rate: 0.1, epochs: 5 } */
  readonly training?: Omit<LocalUpdateOptions, 'seed'>;
  /** M of a client. @default 8 */
  readonly size?: number;
  /** of network, batch, order and noise, one row each for every defence. @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** time for one attack. @default 10 */
  readonly seconds?: number;
  /** threads that search. @default 1 */
  readonly workers?: number;
}

/** What the attack on an update leaves of a batch that a defence protects; of several clients it counts the samples of all. */
export interface FederatedDefenceRow extends FederatedOutcome {
  readonly defence: string;
  readonly strength: number;
  readonly seed: number;
}

/**
 * Defences against the attack on updates of several local steps (method 12): one row per defence and seed, the first without any. The attack
 * is told nothing of the defence; clients compute in float64 unless `training` says otherwise, so that all that is in its way is the
 * defence.
 *
 * @param network makes the network of a seed
 * @param defences those that change gradients only refuse
 * @returns the rows so far when a signal ends it
 * @throws InputError when an option is out of range, or a defence or the data do not fit
 * @example
 * const rows = await federatedDefences((seed) => mlp({ widths: [784, 512, 10], seed }), digits, [defences.defence.prune(0.9)], { seeds: [1], seconds: 6 });
 * rows.map(({ exact }) => exact);  // => [8, 0]
 */
export async function federatedDefences(
  network: (seed: number) => Mlp,
  dataset: Dataset,
  defences: readonly Defence[],
  options: FederatedDefencesOptions = {},
): Promise<FederatedDefenceRow[]> {
  const { training = { rate: 0.1, epochs: 5 }, size = 8, seeds = [1, 2, 3], seconds = 10, workers = 1 } = options;
  const { signal, onProgress } = options;
  checkOptions(size, seeds, seconds, dataset);
  const points = [noDefence, ...defences].flatMap((defence) => seeds.map((seed) => ({ defence, seed })));
  const rows: FederatedDefenceRow[] = [];
  for (const { defence, seed } of points) {
    if (signal?.aborted) break;
    const { name, strength } = defence;
    const tell = (fraction: number, note: string): void =>
      onProgress?.((rows.length + Math.min(1, fraction)) / points.length, `${name} ${strength}, seed ${seed}${note}`);
    tell(0, '');
    const drawn = dataset.draw({ size, seed });
    const { batch, update } = await defendedUpdate(network(seed), defence, drawn, { ...training, seed });
    const watch = { ...(signal && { signal }), onProgress: (f: number, note: string) => tell(f, `, ${note}`) };
    const outcome = await federatedOutcome(update, batch, { seconds, workers, ...watch }).catch(unlessStopped);
    if (!outcome) break;
    rows.push({ defence: name, strength, seed, ...outcome });
    if (rows.length === points.length) onProgress?.(1, 'all measured');
  }
  return rows;
}

/** What clients with this defence train on, and all that is shared of it. */
async function defendedUpdate(
  model: Mlp,
  defence: Defence,
  drawn: Batch,
  training: LocalUpdateOptions,
): Promise<{ batch: Batch; update: ModelUpdate }> {
  check(
    defence.update !== undefined || defence.share === undefined,
    () => `federatedDefences: ${defence.name} changes gradients, expected a defence of updates of several local steps`,
  );
  const { seed = 0 } = training;
  const batch = (await defence.prepare?.(model, drawn, seed)) ?? drawn;
  const { clients = 1 } = defence;
  const own = Math.ceil(batch.labels.length / clients);
  const updates = Array.from({ length: clients }, (_, c) => {
    const samples = [...batch.labels.keys()].slice(c * own, (c + 1) * own);
    return localUpdate(model, pick(batch, samples), { ...training, seed: seed + 1000 * c });
  });
  const mean = averageUpdates(updates);
  return { batch, update: defence.update?.(mean, batch, seed) ?? mean };
}

function checkOptions(size: number, seeds: readonly number[], seconds: number, { labels }: Dataset): void {
  check(
    isCount(size) && size <= labels.length,
    () => `federatedDefences: size is ${size}, expected an integer in 1..${labels.length} (the data set)`,
  );
  check(seeds.length > 0, () => 'federatedDefences: no seeds, expected at least one');
  check(seconds > 0, () => `federatedDefences: seconds is ${seconds}, expected a positive number`);
}
