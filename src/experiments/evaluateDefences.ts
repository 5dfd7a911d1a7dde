import { check, isCount } from '../check';
import { type Dataset, dataset } from '../data/dataset';
import { pick } from '../data/draw';
import { epsilon } from '../defences/accountant';
import { type Defence, noDefence } from '../defences/defence';
import { reconstructionBound } from '../defences/reconstructionBound';
import { confidence, type Interval } from '../math/confidence';
import { rng, sampleIndices } from '../math/rng';
import type { Batch, ConvNet, Mlp, Watch } from '../types';
import { exposure, type Verdict } from '../verification/identifiability/exposure';
import { type AttackOutcome, attackOutcome, type SharedCase } from './attackOutcome';
import { type AttackUnderTest, attacks } from './attacks';
import { partWatch } from './partWatch';
import { type DefendedTraining, defendedCase, trainDefended } from './trainDefended';

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
  const { size = 8, seeds = [1, 2, 3], training = {} } = options;
  const tried = options.attacks ?? [attacks.exact, attacks.adaptive, attacks.pursuit, attacks.rowRatios];
  check(
    isCount(size) && size <= data.inputs.rows / 2,
    () => `evaluateDefences: size is ${size}, expected at most half of the ${data.inputs.rows} samples`,
  );
  check(seeds.length > 0, () => 'evaluateDefences: no seeds, expected at least one');
  const { own, heldOut } = split(data, options.heldOut);
  const rows: DefenceRow[] = [];
  const all = [noDefence, ...defences];
  for (const [n, defence] of all.entries()) {
    const start = performance.now();
    const steps = seeds.length + tried.length;
    let done = 0;
    const next = (what: string): Watch => {
      const own = partWatch(
        options,
        [n * steps + done++, all.length * steps],
        [defence.name, what].filter(Boolean).join(', '),
      );
      own.signal?.throwIfAborted();
      own.onProgress?.(0, '');
      return own;
    };
    const cases: SharedCase[] = [];
    const accuracies: number[] = [];
    for (const seed of seeds) {
      const watch = next(`seed ${seed}`);
      cases.push(await defendedCase(model, defence, own.draw({ size, seed }), seed));
      if (training)
        accuracies.push(await trainDefended(model, defence, own, { ...training, size, seed, heldOut, ...watch }));
    }
    const outcomes: AttackOutcome[] = [];
    for (const attack of tried) {
      outcomes.push(await attackOutcome(attack, model, cases, next('')));
    }
    rows.push({
      defence: defence.name,
      strength: defence.strength,
      exposure: meanExposure(model, cases),
      attacks: outcomes,
      accuracy: training ? confidence(accuracies) : null,
      epsilon: cost(defence, size, own, training),
      bound: defence.noise === undefined ? null : reconstructionBound({ noise: defence.noise, prior: 1e-3 }),
      seconds: (performance.now() - start) / 1e3,
    });
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

/** Fraction of the samples with each verdict, the mean over the batches that were really used. */
function meanExposure(model: Mlp, cases: readonly SharedCase[]): Record<Verdict, number> {
  const each = cases.map(({ batch }) => ({ counts: exposure(model, batch).counts, size: batch.inputs.rows }));
  const mean = (v: Verdict): number => each.reduce((sum, { counts, size }) => sum + counts[v] / size, 0) / each.length;
  return {
    'exposed-exan': mean('exposed-exan'),
    'exposed-pursuit': mean('exposed-pursuit'),
    'not-unique': mean('not-unique'),
    undetermined: mean('undetermined'),
  };
}

/** A quarter of the samples, at most 500, is held out of batches and training, unless the caller brings others. */
function split(all: Dataset, given: Batch | undefined): { own: Dataset; heldOut: Batch } {
  if (given) return { own: all, heldOut: given };
  const order = sampleIndices(rng(0), all.inputs.rows, all.inputs.rows);
  const out = Math.min(500, Math.ceil(all.inputs.rows / 4));
  const { name, classes } = all;
  return { own: dataset({ name, classes, ...pick(all, order.slice(out)) }), heldOut: pick(all, order.slice(0, out)) };
}

function cost({ noise }: Defence, size: number, dataset: Dataset, training: DefendedTraining | false): number | null {
  if (noise === undefined || training === false) return null;
  const { epsilon: e } = epsilon({ sampling: size / dataset.inputs.rows, noise, steps: training.steps ?? 100 });
  return Number.isFinite(e) ? e : null;
}
