import { confidence, type Interval } from '../math/confidence';
import { row } from '../math/matrix';
import { meanSquaredError } from '../math/meanSquaredError';
import { nextTurn } from '../nextTurn';
import type { AveragedGradient, Batch, DenseMatrix, Mlp, Watch } from '../types';
import type { AttackUnderTest } from './attacks';
import { partWatch } from './partWatch';

/** What an attack gets to see, and the batch that judges it. */
export interface SharedCase {
  readonly batch: Batch;
  readonly shared: AveragedGradient;
}

/** What one attack got through. */
export interface AttackOutcome {
  readonly attack: string;
  /** fraction of the batch with a candidate at a mean squared error of at most 1e-6 */
  readonly exact: Interval;
  /** the same at 1e-2, that is 20 dB for a peak of 1 */
  readonly visible: Interval;
  /** root mean square error per entry, the median over all samples; null when most have no candidate */
  readonly error: number | null;
  /** how many candidates the attack hands over, on average: M when it says which ones are samples */
  readonly candidates: number;
}

/**
 * Runs an attack on several cases and judges it by its best candidate for each sample.
 *
 * @param cases repetitions, at least one
 * @throws AbortError when stopped by `signal`
 * @example
 * const cases = [{ batch: secret, shared: gradient }];
 * (await attackOutcome(attacks.exact, model, cases)).exact.mean;  // => 1
 */
export async function attackOutcome(
  { name, run }: AttackUnderTest,
  model: Mlp,
  cases: readonly SharedCase[],
  watch: Watch = {},
): Promise<AttackOutcome> {
  const tries: AttackTry[] = [];
  for (const [k, one] of cases.entries())
    tries.push(await attackTry({ name, run }, model, one, partWatch(watch, [k, cases.length], name)));
  return { attack: name, ...outcomeOf(tries) };
}

/** What an attack handed over for one batch. */
export interface AttackTry {
  /** for each true sample, the mean squared error of its best candidate; null without candidates */
  readonly errors: readonly (number | null)[];
  readonly candidates: number;
}

/**
 * One attack on one batch.
 *
 * @throws AbortError when stopped by `signal`
 */
export async function attackTry(
  { run }: AttackUnderTest,
  model: Mlp,
  { batch, shared }: SharedCase,
  watch: Watch,
): Promise<AttackTry> {
  watch.onProgress?.(0, '');
  await nextTurn(); // lets a signal in
  watch.signal?.throwIfAborted();
  const found = await run(model, shared, batch.inputs.rows, watch);
  watch.signal?.throwIfAborted(); // an answer cut short is none of the experiment's
  const errors = bestErrors(batch, found).map((e) => (Number.isFinite(e) ? e : null));
  return { errors, candidates: found?.rows ?? 0 };
}

/** Fractions and intervals over several batches, at least one. */
export function outcomeOf(tries: readonly AttackTry[]): Omit<AttackOutcome, 'attack'> {
  const errors = tries.map((t) => t.errors.map((e) => e ?? Number.POSITIVE_INFINITY));
  const within = (limit: number): Interval =>
    confidence(errors.map((e) => e.filter((v) => v <= limit).length / e.length));
  const candidates = tries.reduce((sum, t) => sum + t.candidates / tries.length, 0);
  return { exact: within(1e-6), visible: within(1e-2), error: medianError(errors.flat()), candidates };
}

/** For each true sample, the mean squared error of its best candidate; infinity without candidates. */
export function bestErrors({ inputs }: Batch, candidates: DenseMatrix | undefined): number[] {
  return Array.from({ length: inputs.rows }, (_, m) => {
    let best = Number.POSITIVE_INFINITY;
    if (candidates)
      for (let c = 0; c < candidates.rows; c++)
        best = Math.min(best, meanSquaredError(row(inputs, m), row(candidates, c)));
    return best;
  });
}

function medianError(squares: readonly number[]): number | null {
  const median = [...squares].sort((a, b) => a - b)[Math.floor(squares.length / 2)] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(median) ? Math.sqrt(median) : null;
}
