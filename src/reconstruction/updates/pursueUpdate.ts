import { batchSizes } from '../../gradient/localUpdate';
import { summedGradient } from '../../gradient/summedGradient';
import { updateNoise } from '../../gradient/updateNoise';
import { dot, row } from '../../math/matrix';
import type { DenseMatrix, ModelUpdate, ObservedUpdate } from '../../types';
import { findColumns } from '../columns/findColumns';
import type { LossSubspace } from '../columns/lossSubspace';
import { type LossColumn, labelOf, polish, summedColumn } from '../columns/polish';
import type { PursueOptions } from '../columns/pursue';
import { offAtEnds } from '../columns/stragglers';
import { topFeatures } from '../columns/topFeatures';
import { type Limit, limitOf, type Working } from '../working';
import { deepBatch } from './deepBatch';
import { type EstimatedInput, estimateInputs } from './estimateInputs';
import { type FreeSearch, freeSearch } from './freeSearch';
import { isTold, type LocalBatch } from './localBatch';
import { shallowBatch } from './shallowBatch';
import { noiseBeside, updateSubspace } from './updateSubspace';

/** What the pursuit came to. */
export interface PursuedUpdate {
  /** noise of an entry over its root mean square */
  readonly relative: number;
  readonly batch: LocalBatch | null;
  /** number of samples that the rank shows */
  readonly rank: number | null;
  /** labels of the columns found, also when the batch is not whole */
  readonly labels: readonly (number | null)[];
  /** what the columns found say of their inputs while others are missing */
  readonly estimates: readonly (EstimatedInput | null)[];
  readonly starts: number;
  readonly hits: number;
  readonly reason: string;
}

/** Steps that the noise is taken for until it is measured. */
const usualSteps = 8;
/** Starts without a change of the columns after which the order of mini-batches is worth a longer search. */
const patient = 200;
/** Seconds for estimates once time is up, or who waits has stopped it: less than a second. */
const afterwards = 0.8;
/** Share of neurons whose support must agree with the patterns before or after, for a replay to be worth its time. */
const worth = 0.7;

/**
 * Pattern pursuit on the update of several local steps (method 12): the search of method 4 with the deltas within a band of what a head
 * between the two known ends says, candidates pooled, and the replay of the client's training as the only judge.
 */
export function* pursueUpdate(update: ObservedUpdate, options: PursueOptions, limit: Limit): Working<PursuedUpdate> {
  const space = factored(update);
  const nothing = { relative: 0, batch: null, rank: null, labels: [], estimates: [], starts: 0, hits: 0 };
  if (!space) return { ...nothing, reason: 'the rounding of the weights leaves nothing of the update' };
  const { rank, live } = space;
  const relative =
    space.entryNoise / Math.sqrt(space.s.reduce((sum, s) => sum + s * s, 0) / (live.length * space.v.columns));
  if (space.full || (rank > 1 && rank + 4 > live.length))
    return {
      ...nothing,
      relative, // and no rank: where it is that of the neurons it counts no samples
      reason: `the update of the hidden layer has rank ${rank} on ${live.length} live neurons: nothing tells its samples apart`,
    };
  // one sample alone leaves no zeros among its own neurons, and needs none
  const alone = rank === 1 && space.ends ? summedColumn(space, space.ends, Float64Array.of(1)) : null;
  const deep = update.before.dense.length > 2;
  const search = deep
    ? freeSearch(space, { ...options, limit })
    : findColumns(space, alone ? [alone] : [], { ...options, limit });
  if (deep && alone) search.columns.push(alone);
  const { batch, reason } = yield* searched(update, space, search, limit);
  const labels = search.columns.map((c, m) => batch?.labels[m] ?? (space.head.columns > 2 ? labelOf(c.g, 1) : null));
  const estimates = batch ? [] : yield* estimateInputs(space, search.columns, limitOf(afterwards, {}));
  return { relative, batch, rank, labels, estimates, starts: search.starts, hits: search.hits, reason };
}

/** The number of steps, on which the noise depends, is known once the samples are counted; where it is not told, the noise itself shows it. */
function factored(update: ObservedUpdate): LossSubspace | null {
  const told = isTold(update);
  const presumed = presumedOf(update);
  const shared = summedGradient(presumed);
  let steps = presumed.epochs;
  for (let pass = 0; ; pass++) {
    const noise = updateNoise(presumed, steps);
    const space = updateSubspace(presumed, shared, noise, told);
    const counted = told
      ? presumed.epochs * batchSizes(space?.rank ?? 1, presumed.batchSize).length
      : space
        ? Math.max(1, Math.round(steps * noiseBeside(space, shared, noise)))
        : steps;
    if (counted === steps || pass === 3 || (!told && pass === 1)) return space;
    steps = counted;
  }
}

/** What stands for a training that is not told: units, and the steps that noise comes from. */
function presumedOf({ rate = 1, epochs = usualSteps, batchSize, ...update }: ObservedUpdate): ModelUpdate {
  return { ...update, rate, epochs, ...(typeof batchSize === 'number' && { batchSize }) };
}

function* searched(
  update: ObservedUpdate,
  space: LossSubspace,
  search: FreeSearch,
  limit: Limit,
): Working<{ batch: LocalBatch | null; reason: string }> {
  let best: LocalBatch | null = null;
  let [tried, since] = [-1, 0];
  let ordered: boolean = false;
  const deep = update.before.dense.length > 2;
  for (;;) {
    const whole = yield* search.run();
    const zeros = search.columns.reduce((sum, c) => sum + c.surplus, 0);
    const settled: boolean =
      whole &&
      zeros === tried &&
      search.starts - since > patient &&
      !ordered &&
      (best?.parts === null || update.batchSize !== undefined || !isTold(update));
    // through several layers no order of mini-batches is searched
    if (settled && deep) return { batch: best, reason: '' };
    if (whole && (zeros !== tried || settled)) {
      if (zeros !== tried) [tried, since] = [zeros, search.starts];
      ordered = settled;
      const top = topFeatures(space, search.columns);
      if (top && support(space, search.columns, top.coordinates) > worth) {
        const batch: LocalBatch = deep
          ? deepBatch(presumedOf(update), space, search.columns, top)
          : yield* shallowBatch(update, space, search.columns, { top, settled }, limit);
        if (batch.agreement?.holds) return { batch, reason: '' };
        if (!best?.agreement || (batch.agreement && batch.agreement.residual < best.agreement.residual)) best = batch;
      }
      // a wrong column spoils the inputs of others, not its own sample's: so points may give better candidates
      if (top) search.offer(fromPoints(space, search, top.coordinates));
      continue;
    }
    const over = search.over();
    if (over) return { batch: whole ? best : null, reason: over };
    yield* search.again();
  }
}

/** Least share, over the samples, of neurons whose support agrees with the patterns before and after. */
function support({ ends, u }: LossSubspace, columns: readonly LossColumn[], coordinates: DenseMatrix): number {
  if (!ends) return 0;
  const n = u.rows;
  return columns.reduce((least, { on }, m) => {
    const a = row(coordinates, m);
    let agree = 0;
    for (let j = 0; j < n; j++) {
      const [z0, z1] = ends.map((end) => dot(row(end.forward, j), a));
      if (on[j] ? z0 >= 0 || z1 >= 0 : z0 <= 0 && z1 <= 0) agree++;
    }
    return Math.min(least, agree / n);
  }, 1);
}

function fromPoints(space: LossSubspace, search: FreeSearch, coordinates: DenseMatrix) {
  return search.columns.flatMap((_, m) => {
    const q = offAtEnds(space, row(coordinates, m));
    // a false column may be near a true one: it is the sum of that and a little of others
    const repeated = !q || search.columns.some((c) => Math.abs(dot(c.q, q)) > 1 - 1e-9);
    const column = repeated ? null : polish(space, q);
    return column ? [column] : [];
  });
}
