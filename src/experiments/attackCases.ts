import { check } from '../check';
import type { Mlp, Watch } from '../types';
import { type AttackOutcome, attackOutcome, type SharedCase } from './attackOutcome';
import type { AttackUnderTest } from './attacks';
import { partWatch } from './partWatch';

/** Options of {@link robustness}. */
export interface AttackCasesOptions extends Watch {
  /** M. @default 8 */
  readonly size?: number;
  /** one repetition each. @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** @default the exact attack, the adaptive one, row ratios, and noisy pursuit */
  readonly attacks?: readonly AttackUnderTest[];
}

/**
 * Runs each attack on each case, once per seed: one row per case and attack.
 *
 * @param share what is shared in a case, with this seed
 * @param caller named in errors
 * @throws InputError without cases or seeds; AbortError when stopped by `signal`
 */
export async function attackCases<C extends object>(
  model: Mlp,
  cases: readonly C[],
  { seeds = [1, 2, 3], attacks, ...watch }: AttackCasesOptions & Required<Pick<AttackCasesOptions, 'attacks'>>,
  share: (one: C, seed: number) => SharedCase,
  caller: string,
): Promise<(C & AttackOutcome)[]> {
  check(
    cases.length > 0 && seeds.length > 0,
    () => `${caller}: ${cases.length} cases and ${seeds.length} seeds, expected at least one of each`,
  );
  const rows: (C & AttackOutcome)[] = [];
  for (const [n, one] of cases.entries()) {
    const shared = seeds.map((seed) => share(one, seed));
    for (const [k, attack] of attacks.entries()) {
      const place = [n * attacks.length + k, cases.length * attacks.length] as const;
      const own = partWatch(watch, place, Object.values(one).join(' '));
      rows.push({ ...one, ...(await attackOutcome(attack, model, shared, own)) });
    }
  }
  watch.onProgress?.(1, `${rows.length} rows`);
  return rows;
}
