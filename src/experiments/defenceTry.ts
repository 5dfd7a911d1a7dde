import { check, isCount } from '../check';
import { type Dataset, dataset } from '../data/dataset';
import { pick } from '../data/draw';
import { epsilon } from '../defences/accountant';
import type { Defence } from '../defences/defence';
import { reconstructionBound } from '../defences/reconstructionBound';
import { confidence } from '../math/confidence';
import { rng, sampleIndices } from '../math/rng';
import type { Batch, Mlp, Watch } from '../types';
import { exposure, type Verdict } from '../verification/identifiability/exposure';
import { type AttackTry, attackTry, outcomeOf } from './attackOutcome';
import { type AttackUnderTest, attacks as every } from './attacks';
import type { DefenceRow } from './evaluateDefences';
import { partWatch } from './partWatch';
import { type DefendedTraining, defendedCase, trainDefended } from './trainDefended';

/** What a defence left of one batch, and what it cost. */
export interface DefenceTry extends Pick<DefenceRow, 'epsilon' | 'bound'> {
  /** fraction of the samples of the prepared batch with each verdict */
  readonly exposure: Readonly<Record<Verdict, number>>;
  readonly attacks: readonly (AttackTry & { readonly attack: string })[];
  readonly accuracy: number | null;
  readonly took: number;
}

/** Which batch, which attacks, and how long a training. */
interface DefenceTryOptions extends Watch {
  readonly size: number;
  readonly seed: number;
  readonly attacks: readonly AttackUnderTest[];
  readonly training: DefendedTraining | false;
}

/** Those that a defence is held against unless others are named. */
export const usualAttacks: readonly AttackUnderTest[] = [every.exact, every.adaptive, every.pursuit, every.rowRatios];

/**
 * One batch behind one defence.
 *
 * @throws AbortError when stopped by `signal`
 */
export async function defenceTry(
  model: Mlp,
  defence: Defence,
  { own, heldOut }: { readonly own: Dataset; readonly heldOut: Batch },
  { size, seed, attacks, training, ...watch }: DefenceTryOptions,
): Promise<DefenceTry> {
  const start = performance.now();
  const part = (k: number, what: string): Watch => {
    const one = partWatch(watch, [k, 1 + attacks.length], what);
    one.signal?.throwIfAborted();
    one.onProgress?.(0, '');
    return one;
  };
  const ofTraining = part(0, `seed ${seed}`);
  const shared = await defendedCase(model, defence, own.draw({ size, seed }), seed);
  const accuracy = training
    ? await trainDefended(model, defence, own, { ...training, size, seed, heldOut, ...ofTraining })
    : null;
  const tries: (AttackTry & { attack: string })[] = [];
  for (const [k, attack] of attacks.entries()) {
    const { name } = attack;
    tries.push({ attack: name, ...(await attackTry(attack, model, shared, part(1 + k, `seed ${seed}, ${name}`))) });
  }
  const { counts } = exposure(model, shared.batch);
  const fraction = (v: Verdict): number => counts[v] / shared.batch.inputs.rows;
  return {
    exposure: {
      'exposed-exan': fraction('exposed-exan'),
      'exposed-pursuit': fraction('exposed-pursuit'),
      'not-unique': fraction('not-unique'),
      undetermined: fraction('undetermined'),
    },
    ...{ attacks: tries, accuracy, epsilon: cost(defence, size, own, training) },
    bound: defence.noise === undefined ? null : reconstructionBound({ noise: defence.noise, prior: 1e-3 }),
    took: (performance.now() - start) / 1e3,
  };
}

/** The tries of one defence as a row of the table. */
export function defenceRow(
  { name, strength }: Pick<Defence, 'name' | 'strength'>,
  tries: readonly DefenceTry[],
): DefenceRow {
  const [first] = tries as [DefenceTry, ...DefenceTry[]];
  const mean = (v: Verdict): number => tries.reduce((sum, t) => sum + t.exposure[v], 0) / tries.length;
  const accuracies = tries.flatMap((t) => t.accuracy ?? []);
  return {
    ...{ defence: name, strength },
    exposure: {
      'exposed-exan': mean('exposed-exan'),
      'exposed-pursuit': mean('exposed-pursuit'),
      'not-unique': mean('not-unique'),
      undetermined: mean('undetermined'),
    },
    attacks: first.attacks.map(({ attack }, k) => ({
      attack,
      ...outcomeOf(tries.flatMap((t) => t.attacks[k] ?? [])),
    })),
    accuracy: accuracies.length > 0 ? confidence(accuracies) : null,
    ...{ epsilon: first.epsilon, bound: first.bound },
    seconds: tries.reduce((sum, t) => sum + t.took, 0),
  };
}

/** Batches are drawn from what is not held out. */
export function checkSize(caller: string, size: number, { inputs }: Dataset): void {
  check(
    isCount(size) && size <= inputs.rows / 2,
    () => `${caller}: size is ${size}, expected at most half of the ${inputs.rows} samples`,
  );
}

/** A quarter of the samples, at most 500, is held out of batches and training, unless the caller brings others. */
export function split(all: Dataset, given?: Batch): { own: Dataset; heldOut: Batch } {
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
