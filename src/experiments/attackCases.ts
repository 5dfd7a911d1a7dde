import { check } from '../check';
import { type AttackOutcome, attackOutcome } from '../defences/attackOutcome';
import { type AttackUnderTest, bestErrors } from '../defences/attackUnderTest';
import type { AveragedGradient, Batch, Mlp, Watch } from '../types';

/** Options of {@link robustness} and {@link federatedSettings}. */
export interface AttackCasesOptions extends Watch {
  /** M, of every client. @default 8 */
  readonly size?: number;
  /** one repetition each. @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** @default the exact attack, the adaptive one, row ratios, and noisy pursuit */
  readonly attacks?: readonly AttackUnderTest[];
}

/** What one attack came to in one case, over repetitions. */
export interface CaseOutcome extends AttackOutcome {
  /** root mean square error per entry, the median over all samples; null when most have no candidate */
  readonly error: number | null;
  /** how many candidates the attack hands over, on average: M when it says which ones are samples */
  readonly candidates: number;
}

/** What an attack gets to see, and the batch that judges it. */
export interface SharedCase {
  readonly batch: Batch;
  readonly shared: AveragedGradient;
}

/**
 * Runs each attack on each case, once per seed: one row per case and attack.
 *
 * @param share what is shared in a case, with this seed
 * @param caller named in errors
 * @throws InputError without cases or seeds
 */
export async function attackCases<C extends object>(
  model: Mlp,
  cases: readonly C[],
  {
    seeds = [1, 2, 3],
    attacks,
    signal,
    onProgress,
  }: AttackCasesOptions & Required<Pick<AttackCasesOptions, 'attacks'>>,
  share: (one: C, seed: number) => SharedCase,
  caller: string,
): Promise<(C & CaseOutcome)[]> {
  check(
    cases.length > 0 && seeds.length > 0,
    () => `${caller}: ${cases.length} cases and ${seeds.length} seeds, expected at least one of each`,
  );
  const rows: (C & CaseOutcome)[] = [];
  for (const [n, one] of cases.entries())
    for (const attack of attacks) {
      signal?.throwIfAborted();
      onProgress?.(n / cases.length, `${attack.name}, ${Object.values(one).join(' ')}`);
      const errors: number[][] = [];
      let candidates = 0;
      for (const seed of seeds) {
        const { batch, shared } = share(one, seed);
        const found = await attack.run(model, shared, batch.inputs.rows);
        errors.push(bestErrors(batch, found));
        candidates += (found?.rows ?? 0) / seeds.length;
      }
      rows.push({ ...one, ...attackOutcome(attack.name, errors), error: medianError(errors.flat()), candidates });
    }
  return rows;
}

function medianError(squares: readonly number[]): number | null {
  const error = Math.sqrt([...squares].sort((a, b) => a - b)[Math.floor(squares.length / 2)] as number);
  return Number.isFinite(error) ? error : null;
}
