import { check } from '../check';
import type { Dataset } from '../data/dataset';
import { type Defence, noDefence } from '../defences/defence';
import type { Interval } from '../math/confidence';
import type { Batch, ConvNet, Mlp, Watch } from '../types';
import type { Verdict } from '../verification/identifiability/exposure';
import type { AttackOutcome } from './attackOutcome';
import type { AttackUnderTest } from './attacks';
import { checkSize, type DefenceTry, defenceRow, defenceTry, split, usualAttacks } from './defenceTry';
import { partWatch } from './partWatch';
import type { DefendedTraining } from './trainDefended';

/** Options of {@link evaluateDefences}. */
export interface EvaluateDefencesOptions extends Watch {
  /** M of the attacked batches. @default 8 */
  readonly size?: number;
  /** one repetition each: batch, noise and training. @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** @default the exact attack, the adaptive one, pattern pursuit and row ratios */
  readonly attacks?: readonly AttackUnderTest[];
  /** false: no training, accuracy is null */
  readonly training?: DefendedTraining | false;
  /** samples that training is tested on. @default a quarter of the dataset, at most 500, taken out of it */
  readonly heldOut?: Batch;
}

/** One row of the table defences x attacks. */
export interface DefenceRow {
  readonly defence: string;
  readonly strength: number;
  /** fraction of the samples of the prepared batch with each verdict, before what is shared is changed */
  readonly exposure: Readonly<Record<Verdict, number>>;
  readonly attacks: readonly AttackOutcome[];
  /** on held-out samples after training with the defence; null when not trained */
  readonly accuracy: Interval | null;
  /** DP-SGD only: cost of the training at delta = 1e-5, every sample taking part with probability M/N */
  readonly epsilon: number | null;
  /**
   * DP-SGD only: the largest probability with which anyone, not only these attacks, reads a sample from one such gradient when it could be
   * guessed without with probability 1/1000
   */
  readonly bound: number | null;
  readonly seconds: number;
}

/**
 * Measures defences on equal terms: exposure, samples recovered by each attack, accuracy after training with the
 * defence, over seeds. The first row is no defence at all.
 *
 * @throws InputError when the options are out of range or the dataset does not fit the model; AbortError when stopped by `signal`
 * @example
 * const pruned = defences.defence.prune(0.9);
 * const rows = await evaluateDefences(model, digits, [pruned], { seeds: [1], attacks: [attacks.exact], training: false });
 * rows.map((row) => row.attacks[0].exact.mean);  // => [1, 0]
 */
export async function evaluateDefences(
  model: Mlp,
  data: Dataset,
  defences: readonly Defence[],
  options: EvaluateDefencesOptions = {},
): Promise<DefenceRow[]> {
  onlyDense(model);
  const { size = 8, seeds = [1, 2, 3], training = {}, attacks = usualAttacks } = options;
  checkSize('evaluateDefences', size, data);
  check(seeds.length > 0, () => 'evaluateDefences: no seeds, expected at least one');
  const parts = split(data, options.heldOut);
  const rows: DefenceRow[] = [];
  const all = [noDefence, ...defences];
  for (const [n, defence] of all.entries()) {
    const tries: DefenceTry[] = [];
    for (const [k, seed] of seeds.entries()) {
      const watch = partWatch(options, [n * seeds.length + k, all.length * seeds.length], defence.name);
      tries.push(await defenceTry(model, defence, parts, { size, seed, training, attacks, ...watch }));
    }
    rows.push(defenceRow(defence, tries));
  }
  options.onProgress?.(1, `${rows.length} rows`);
  return rows;
}

/** Also of plain JavaScript, where nothing checks types. */
function onlyDense(model: Mlp | ConvNet): void {
  check(
    !('stack' in model),
    () => 'evaluateDefences: the network has convolutions, expected a fully connected one; see convolutionalDefences',
  );
}
