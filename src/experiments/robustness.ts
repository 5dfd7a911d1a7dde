import { check } from '../check';
import type { Dataset } from '../data/dataset';
import { mapGradient } from '../defences/mapGradient';
import { prune } from '../defences/prune';
import { quantise } from '../defences/quantise';
import { captureGradient } from '../gradient/captureGradient';
import { normal, rng } from '../math/rng';
import type { AveragedGradient, Mlp } from '../types';
import { type AttackCasesOptions, attackCases } from './attackCases';
import type { AttackOutcome } from './attackOutcome';
import { attacks } from './attacks';

/** A way in which the shared gradient gets worse, at a level: relative noise, pruned fraction, or rounding. */
export interface Disturbance {
  readonly kind: 'noise' | 'prune' | 'fp16' | 'int8' | 'float32';
  /** noise: deviation relative to the root mean square of each array; prune: fraction; otherwise unused */
  readonly level: number;
}

/** One point of a robustness curve. */
export interface RobustnessRow extends Disturbance, AttackOutcome {}

/**
 * How much noise, pruning or rounding each attack survives: recovered fraction over level, with confidence intervals.
 *
 * @throws InputError without disturbances or seeds
 * @example
 * const levels = [{ kind: 'noise' as const, level: 1e-3 }, { kind: 'prune' as const, level: 0.99 }];
 * const rows = await robustness(model, digits, levels, {
 *   seeds: [1],
 *   attacks: [{ name: 'crude', run: (net, shared) => baselines.rowRatios(net, shared).inputs }],
 * });
 * rows.map(({ visible }) => visible.mean);  // => [1, 0]
 */
export async function robustness(
  model: Mlp,
  dataset: Dataset,
  disturbances: readonly Disturbance[],
  options: AttackCasesOptions = {},
): Promise<RobustnessRow[]> {
  const { size = 8 } = options;
  const tried = options.attacks ?? [attacks.exact, attacks.adaptive, attacks.rowRatios, attacks.noisyPursuit];
  return attackCases(
    model,
    disturbances,
    { ...options, attacks: tried },
    (disturbance, seed) => {
      const batch = dataset.draw({ size, seed });
      return { batch, shared: disturb(captureGradient(model, batch), disturbance, seed) };
    },
    'robustness',
  );
}

/** The gradient after the disturbance; level 0 of noise or pruning changes nothing. */
export function disturb(gradient: AveragedGradient, { kind, level }: Disturbance, seed: number): AveragedGradient {
  if (kind === 'prune') return prune(gradient, level);
  if (kind === 'fp16' || kind === 'int8') return quantise(gradient, kind);
  if (kind === 'float32')
    return { ...mapGradient(gradient, (values) => values.map(Math.fround)), precision: 'float32' };
  check(level >= 0, () => `disturb: level is ${level}, expected a number >= 0`);
  if (level === 0) return gradient;
  const uniform = rng(seed + 2 ** 32); // apart from the stream of weights, which noise of the same seed would follow
  return mapGradient(gradient, (values) => {
    const size = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    return values.map((v) => v + level * size * normal(uniform));
  });
}
