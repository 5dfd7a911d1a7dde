import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import { captureGradient } from '../gradient/captureGradient';
import { mlp } from '../model/mlp';
import type { Precision, Watch } from '../types';
import { type Contest, type ContestRow, contest } from './contest';
import type { Contestant } from './contestants';

/** Options of {@link attackComparison}. */
export interface AttackComparisonOptions extends Watch {
  /** M, each of them. @default [1, 8] */
  readonly sizes?: readonly number[];
  /** a network and a batch each. @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** inputs first, classes last. @default inputs, 512, classes */
  readonly widths?: readonly number[];
  /** for each attack on each batch. @default 60 */
  readonly seconds?: number;
  /**
   * most iterations of a random start, for attacks that descend: Cocktail Party, DLG, iDLG, Inverting Gradients. What they come to
   * then is the same on every machine that is done before the time is over. @default their own
   */
  readonly iterations?: number;
  /** of the gradient; 'float32' as frameworks compute it. @default 'float64' */
  readonly precision?: Precision;
  /** called with each row as it is there */
  readonly onRow?: (row: ContestRow) => void;
}

/**
 * Attacks on the same batches through the same fresh networks, each with the same time on one thread.
 *
 * Every attack is judged by its best candidate for each sample, which flatters those that hand over many.
 *
 * @throws InputError without attacks, sizes or seeds; an abort is no error: the rows that are there are handed over
 * @example
 * const tried = [contestants.exan, contestants['row-ratios']];
 * const rows = await attackComparison(digits, tried, { sizes: [8], seeds: [1] });
 * rows.map(({ attack, exact }) => `${attack} ${exact}`);  // => ['exan 8', 'row ratios 8']
 */
export async function attackComparison(
  dataset: Dataset,
  attacks: readonly Contestant[],
  options: AttackComparisonOptions = {},
): Promise<ContestRow[]> {
  const { sizes = [1, 8], seeds = [1, 2, 3], seconds = 60, precision = 'float64', signal, onProgress } = options;
  const { iterations } = options;
  const widths = options.widths ?? [dataset.inputs.columns, 512, dataset.classes];
  check(
    attacks.length > 0 && sizes.length > 0 && seeds.length > 0,
    () =>
      `attackComparison: ${attacks.length} attacks, ${sizes.length} sizes and ${seeds.length} seeds, expected at least one of each`,
  );
  check(seconds > 0, () => `attackComparison: seconds is ${seconds}, expected a positive number`);
  check(
    iterations === undefined || isCount(iterations),
    () => `attackComparison: iterations is ${iterations}, expected a positive integer`,
  );
  const rows: ContestRow[] = [];
  const all = sizes.length * seeds.length * attacks.length;
  for (const size of sizes)
    for (const seed of seeds) {
      const model = mlp({ widths, seed });
      const secret = dataset.draw({ size, seed });
      const one: Contest = { model, secret, gradient: captureGradient(model, secret, { precision }), seed };
      for (const attack of attacks) {
        if (signal?.aborted) return rows;
        const note = `${attack.name}, M = ${size}, seed ${seed}`;
        const onSpent = (spent: number): void => onProgress?.((rows.length + spent) / all, note);
        const terms = { seconds, onSpent, ...(iterations !== undefined && { iterations }), ...(signal && { signal }) };
        const row = await contest(one, attack, terms);
        rows.push(row);
        options.onRow?.(row);
      }
    }
  onProgress?.(1, `${all} answers`);
  return rows;
}
