import { checkGradient } from '../../gradient/checkGradient';
import { row } from '../../math/matrix';
import type { AveragedGradient, Mlp, Watch } from '../../types';
import { eulerNoise, largestNoise } from '../eulerNoise';
import { type CompleteBatch, completeBatch } from './completeBatch';
import { type ColumnSearch, findColumns, type Searching } from './findColumns';
import { type KnownSample, knownColumns } from './knownColumns';
import { type LossSubspace, lossSubspace } from './lossSubspace';
import { labelOf } from './polish';
import { repair } from './repair';
import { runHere } from './runHere';

/** Options of {@link pursue}. */
export interface PursueOptions extends Watch {
  /** of the search's random starts. @default 0 */
  readonly seed?: number;
  /** time after which the search gives up. @default 60 */
  readonly seconds?: number;
  /** starts without a new sample after which it gives up, added to as many as it took to the last. @default 3000 */
  readonly patience?: number;
  /** samples known already, which need not be searched */
  readonly seeds?: readonly KnownSample[];
}

/** One distinct sample of the batch. */
export interface PursuedSample extends KnownSample {
  /** how often it stands in the batch: equal samples cannot be told apart */
  readonly copies: number;
}

/** What the pursuit came to; only a complete result has inputs, since each needs all columns. */
export interface PursuitResult {
  readonly status: 'exact' | 'partial' | 'not-unique' | 'inconsistent';
  /** M as far as known: copies included when complete, else the rank */
  readonly batchSize: number;
  readonly samples: readonly PursuedSample[];
  /** labels of the columns found, also when the batch is not complete; null where K = 2 leaves it open */
  readonly labels: readonly (number | null)[];
  /** every sample found, and together they replay the gradient down to its noise floor */
  readonly complete: boolean;
  readonly rank: number;
  /** of the gradient of the last ReLU layer, within its rank */
  readonly condition: number;
  /** relative noise per entry, measured on the gradient itself */
  readonly noise: number;
  /** ||replayed - shared|| / ||shared|| over all layers; 1 when there is nothing to replay */
  readonly residual: number;
  readonly systems: readonly { readonly layer: number; readonly rank: number; readonly condition: number }[];
  readonly starts: number;
  readonly hits: number;
  readonly reason: string;
  readonly seconds: number;
  readonly backend: string;
}

/** What ran: 8 float32 starts side by side in WebAssembly, everything that decides in float64. */
export const backend = 'wasm simd: float32 search, float64 algebra';

/**
 * Pattern pursuit: the whole batch from its averaged gradient, without any exclusive neuron (SPEC 4-6).
 *
 * A result is complete only when its replay agrees with the gradient to the noise floor (1e-10 for float64, 5e-6 for
 * float32); a false column shows there and is dropped, and the search goes on.
 *
 * @throws InputError when the gradient does not fit the model, is not finite, or is zero in every entry
 * @example
 * pursue(model, captureGradient(model, secret)).samples.length;  // => 8
 */
export function pursue(model: Mlp, gradient: AveragedGradient, options: PursueOptions = {}): PursuitResult {
  return runHere(pursuing(model, gradient, options));
}

/** {@link pursue}, with its rounds of search left to whoever drives it. */
export function* pursuing(
  model: Mlp,
  gradient: AveragedGradient,
  options: PursueOptions = {},
): Searching<PursuitResult> {
  const start = performance.now();
  checkGradient(model, gradient);
  const noise = Math.max(...eulerNoise(model, gradient), gradient.precision === 'float32' ? 2 ** -25 : 2 ** -54);
  const space = lossSubspace(model, gradient, noise);
  const end = start + 1e3 * (options.seconds ?? 60);
  const search = findColumns(space, knownColumns(model, space, options.seeds ?? []), { ...options, end });
  const refusal = hopeless(space, noise);
  const limit = gradient.precision === 'float32' ? 5e-6 : 1e-10;
  const found = refusal ? null : yield* pursueAll(model, gradient, space, search, ({ residual }) => residual <= limit);
  const batch = found?.batch ?? null;
  return {
    status: batch ? 'exact' : noise > largestNoise ? 'inconsistent' : refusal ? 'not-unique' : 'partial',
    batchSize: batch?.batchSize ?? space.rank,
    samples: batch ? samplesOf(batch) : [],
    labels: search.columns.map((c, m) => batch?.labels[m] ?? (space.head.columns > 2 ? labelOf(c.g, 1) : null)),
    complete: batch !== null,
    rank: space.rank,
    condition: space.condition,
    noise,
    residual: batch?.residual ?? found?.residual ?? 1,
    systems: batch?.systems ?? [],
    starts: search.starts,
    hits: search.hits,
    reason: refusal ?? found?.reason ?? '',
    seconds: (performance.now() - start) / 1e3,
    backend,
  };
}

function samplesOf({ inputs, labels, counts }: CompleteBatch): PursuedSample[] {
  return Array.from(labels, (label, m) => ({ input: row(inputs, m).slice(), label, copies: counts[m] }));
}

/** Why there is no point in searching, or null. */
function hopeless({ full, rank, live, v, biases }: LossSubspace, noise: number): string | null {
  if (noise > largestNoise)
    return `the gradient misses identities that every batch's gradient satisfies by ${noise.toExponential(1)} relative (limit ${largestNoise}): noise was added, or it belongs to another model`;
  const inputs = v.columns - (biases ? 1 : 0);
  if (full && rank < live.length)
    return `the gradient of the last ReLU layer has full rank ${rank}: the batch has at least as many samples as the layer has inputs (${inputs}), and more than that cannot be told apart`;
  if (full || rank + 4 > live.length)
    return `the gradient of the last ReLU layer has rank ${rank} on ${live.length} live neurons: the batch is as large as the layer is wide, and nothing tells its samples apart`;
  return null;
}

/** What {@link pursueAll} came to. */
export interface Found {
  readonly batch: CompleteBatch | null;
  readonly reason: string;
  readonly residual: number;
}

/** Searches, completes, verifies; drops the worst column when the batch is not accepted, and goes on. */
export function* pursueAll(
  model: Mlp,
  gradient: AveragedGradient,
  space: LossSubspace,
  search: ColumnSearch,
  accepts: (batch: CompleteBatch) => boolean,
  attempts: number = Number.POSITIVE_INFINITY,
): Searching<Found> {
  let residual = 1;
  let repairs = 0;
  while (yield* search.run()) {
    const batch = completeBatch(model, gradient, space, search.columns);
    residual = Math.min(residual, batch?.residual ?? 1);
    if (batch && accepts(batch))
      return {
        batch,
        residual,
        reason: `all ${space.rank} distinct samples found, replay residual ${batch.residual.toExponential(1)}`,
      };
    if (--attempts <= 0 || search.over()) break;
    if (repairs++ < 5 && repair(model, space, search.columns)) continue;
    repairs = 0;
    const doubt = search.columns.map((c) => c.misfit / c.expected - 1e-3 * c.surplus);
    search.reject(doubt.indexOf(Math.max(...doubt)));
  }
  const found = search.columns.length;
  const reason =
    residual < 1
      ? `${space.rank} columns were found, but their replay misses the gradient by ${residual.toExponential(1)}, more than its noise`
      : `${found} of ${space.rank} columns found, then ${search.over()}; inputs need all of them`;
  return { batch: null, residual, reason };
}
