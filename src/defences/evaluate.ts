import { check, isCount } from '../check';
import { type Dataset, dataset } from '../data/dataset';
import { pick } from '../data/draw';
import { captureGradient } from '../gradient/captureGradient';
import { confidence, type Interval } from '../math/confidence';
import { rng, sampleIndices } from '../math/rng';
import type { Batch, Mlp, Watch } from '../types';
import { exposure, type Verdict } from '../verification/exposure';
import { epsilon } from './accountant';
import { type AttackOutcome, attackOutcome } from './attackOutcome';
import {
  type AttackUnderTest,
  adaptiveAttack,
  bestErrors,
  exactAttack,
  pursuitAttack,
  rowRatioAttack,
} from './attackUnderTest';
import { type Defence, noDefence } from './defence';
import { type DefendedTraining, trainDefended } from './trainDefended';

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends Watch {
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
  readonly seconds: number;
}

/**
 * Measures defences on equal terms: exposure, samples recovered by each attack, accuracy after training with the
 * defence, over seeds. The first row is no defence at all.
 *
 * @throws InputError when the options are out of range or the dataset does not fit the model
 * @example
 * const { defence, evaluate, exactAttack } = defences;
 * const rows = await evaluate(model, digits, [defence.prune(0.9)], { seeds: [1], attacks: [exactAttack], training: false });
 * rows.map(({ attacks }) => attacks[0].exact.mean);  // => [1, 0]
 */
export async function evaluate(
  model: Mlp,
  data: Dataset,
  defences: readonly Defence[],
  options: EvaluateOptions = {},
): Promise<DefenceRow[]> {
  const { size = 8, seeds = [1, 2, 3], training = {}, signal, onProgress } = options;
  const { attacks = [exactAttack, adaptiveAttack, pursuitAttack, rowRatioAttack] } = options;
  check(
    isCount(size) && size <= data.inputs.rows / 2,
    () => `evaluate: size is ${size}, expected at most half of the ${data.inputs.rows} samples`,
  );
  check(seeds.length > 0, () => 'evaluate: no seeds, expected at least one');
  const { own, heldOut } = split(data, options.heldOut);
  const rows: DefenceRow[] = [];
  const all = [noDefence, ...defences];
  for (const [n, defence] of all.entries()) {
    const start = performance.now();
    const trials: Trial[] = [];
    for (const [k, seed] of seeds.entries()) {
      signal?.throwIfAborted();
      onProgress?.((n + k / seeds.length) / all.length, `${defence.name}, seed ${seed}`);
      const judged = await judge(model, own, defence, attacks, size, seed);
      const accuracy = training && (await trainDefended(model, defence, own, heldOut, size, seed, training, signal));
      trials.push({ ...judged, accuracy: accuracy || 0 });
    }
    rows.push({
      defence: defence.name,
      strength: defence.strength,
      exposure: meanVerdicts(trials),
      attacks: attacks.map(({ name }, a) =>
        attackOutcome(
          name,
          trials.map(({ errors }) => errors[a] ?? []),
        ),
      ),
      accuracy: training === false ? null : confidence(trials.map((t) => t.accuracy)),
      epsilon: cost(defence, size, own, training),
      seconds: (performance.now() - start) / 1e3,
    });
  }
  return rows;
}

interface Judged {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** per attack, each sample's smallest error */
  readonly errors: readonly (readonly number[])[];
}

interface Trial extends Judged {
  readonly accuracy: number;
}

/** Exposure and attacks on one batch, judged against the samples that were really used. */
async function judge(
  model: Mlp,
  dataset: Dataset,
  defence: Defence,
  attacks: readonly AttackUnderTest[],
  size: number,
  seed: number,
): Promise<Judged> {
  const secret = dataset.draw({ size, seed });
  const batch = (await defence.prepare?.(model, secret, seed)) ?? secret;
  const gradient = defence.share?.(model, batch, seed) ?? captureGradient(model, batch);
  const errors: number[][] = [];
  for (const { run } of attacks) errors.push(bestErrors(batch, await run(model, gradient, batch.inputs.rows)));
  const { counts } = exposure(model, batch);
  const verdicts = Object.fromEntries(Object.entries(counts).map(([v, n]) => [v, n / batch.inputs.rows]));
  return { verdicts: verdicts as Record<Verdict, number>, errors };
}

function meanVerdicts(trials: readonly Trial[]): Record<Verdict, number> {
  const names = Object.keys(trials[0]?.verdicts ?? {}) as Verdict[];
  const mean = (v: Verdict): number => trials.reduce((sum, t) => sum + t.verdicts[v], 0) / trials.length;
  return Object.fromEntries(names.map((v) => [v, mean(v)])) as Record<Verdict, number>;
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
