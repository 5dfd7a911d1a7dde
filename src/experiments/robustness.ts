import { check } from '../check';
import type { Dataset } from '../data/dataset';
import { type AttackOutcome, attackOutcome } from '../defences/attackOutcome';
import {
  type AttackUnderTest,
  adaptiveAttack,
  bestErrors,
  exactAttack,
  noisyPursuitAttack,
  rowRatioAttack,
} from '../defences/attackUnderTest';
import { mapGradient } from '../defences/mapGradient';
import { prune } from '../defences/prune';
import { quantise } from '../defences/quantise';
import { captureGradient } from '../gradient/captureGradient';
import { normal, rng } from '../math/rng';
import type { AveragedGradient, Network, Watch } from '../types';

/** A way in which the shared gradient gets worse, at a level: relative noise, pruned fraction, or rounding. */
export interface Disturbance {
  readonly kind: 'noise' | 'prune' | 'fp16' | 'int8' | 'float32';
  /** noise: deviation relative to the root mean square of each array; prune: fraction; otherwise unused */
  readonly level: number;
}

/** One point of a robustness curve. */
export interface RobustnessRow extends Disturbance, AttackOutcome {
  /** root mean square error per entry, the median over all samples; null when most have no candidate */
  readonly error: number | null;
  /** how many candidates the attack hands over, on average: M when it says which ones are samples */
  readonly candidates: number;
}

/** Options of {@link robustness}. */
export interface RobustnessOptions extends Watch {
  /** M. @default 8 */
  readonly size?: number;
  /** @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** @default the exact attack, the adaptive one, row ratios, and noisy pursuit */
  readonly attacks?: readonly AttackUnderTest[];
}

/**
 * How much noise, pruning or rounding each attack survives: recovered fraction over level, with confidence intervals.
 *
 * @throws InputError without disturbances or seeds
 * @example
 * robustness(model, digits, [1e-8, 1e-6, 1e-4].map((level) => ({ kind: 'noise', level })));
 */
export async function robustness(
  model: Network,
  dataset: Dataset,
  disturbances: readonly Disturbance[],
  options: RobustnessOptions = {},
): Promise<RobustnessRow[]> {
  const { size = 8, seeds = [1, 2, 3], signal, onProgress } = options;
  const { attacks = [exactAttack, adaptiveAttack, rowRatioAttack, noisyPursuitAttack] } = options;
  check(disturbances.length > 0 && seeds.length > 0, () => 'robustness: no disturbances or no seeds, expected some');
  const rows: RobustnessRow[] = [];
  for (const [n, disturbance] of disturbances.entries())
    for (const attack of attacks) {
      signal?.throwIfAborted();
      onProgress?.(n / disturbances.length, `${attack.name}, ${disturbance.kind} ${disturbance.level}`);
      const errors: number[][] = [];
      let candidates = 0;
      for (const seed of seeds) {
        const batch = dataset.draw({ size, seed });
        const shared = disturb(captureGradient(model, batch), disturbance, seed);
        const found = await attack.run(model, shared, size);
        errors.push(bestErrors(batch, found));
        candidates += (found?.rows ?? 0) / seeds.length;
      }
      const all = errors.flat().sort((a, b) => a - b);
      const error = Math.sqrt(all[Math.floor(all.length / 2)] as number);
      const outcome = attackOutcome(attack.name, errors);
      rows.push({ ...disturbance, ...outcome, error: Number.isFinite(error) ? error : null, candidates });
    }
  return rows;
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
