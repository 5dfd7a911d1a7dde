import type { Agreement } from '../../gradient/agreement';
import { batchSizes } from '../../gradient/localUpdate';
import { summedGradient } from '../../gradient/summedGradient';
import { type UpdateNoise, updateNoise } from '../../gradient/updateNoise';
import { dot, matrix, row } from '../../math/matrix';
import type { AffineLayer, Batch, DenseMatrix, ModelUpdate, Watch } from '../../types';
import { type ColumnSearch, findColumns } from '../columns/findColumns';
import { deltaNoise, deltas, type LossSubspace } from '../columns/lossSubspace';
import { type LossColumn, labelOf, polish, summedColumn } from '../columns/polish';
import type { PursueOptions } from '../columns/pursue';
import { offAtEnds } from '../columns/stragglers';
import { type TopFeatures, topFeatures } from '../columns/topFeatures';
import { type Limit, limitOf, type Working } from '../working';
import { type EstimatedInput, estimateInputs } from './estimateInputs';
import { findOrder } from './findOrder';
import { localReplay } from './localReplay';
import { proveUpdate } from './proveUpdate';
import { refitColumns } from './refitColumns';
import { settleSigns } from './settleSigns';
import { swapOrder } from './swapOrder';
import { updateSubspace } from './updateSubspace';

type Parts = readonly (readonly number[])[];

/** All local samples, as far as the update shows them. */
export interface LocalBatch extends Batch {
  /** root mean square error to expect of each sample's entries */
  readonly errors: Float64Array;
  /** samples of each step, or null where no order of mini-batches fits */
  readonly parts: Parts | null;
  /** of the replayed training with the update; null without an order */
  readonly agreement: Agreement | null;
  readonly condition: number;
}

/** What the pursuit came to. */
export interface PursuedUpdate {
  readonly shared: readonly AffineLayer[];
  readonly noise: UpdateNoise;
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

/** Error of an input over what the noise of the update alone makes of it: the columns have errors of their own. */
const columnsToo = 2;
/** Starts without a change of the columns after which the order of mini-batches is worth a longer search. */
const patient = 200;
/** Times that columns are fitted again to a replay that nearly agrees: misses less than this of the update. */
const refits = 6;
const nearly = 0.1;
/** Share of neurons whose support must agree with the patterns before or after, for a replay to be worth its time. */
const worth = 0.7;
/** Seconds for estimates once time is up. */
const afterwards = 0.8;

/**
 * Pattern pursuit on the update of several local steps (method 12): the search of method 4 with the deltas within a band of what a head
 * between the two known ends says, candidates pooled, and the replay of the client's training as the only judge.
 */
export function* pursueUpdate(
  update: ModelUpdate,
  options: PursueOptions & Watch,
  limit: Limit,
): Working<PursuedUpdate> {
  const shared = summedGradient(update);
  const { space, noise } = factored(update, shared);
  const nothing = {
    shared,
    noise,
    relative: 0,
    batch: null,
    rank: null,
    labels: [],
    estimates: [],
    starts: 0,
    hits: 0,
  };
  if (!space) return { ...nothing, reason: 'the rounding of the weights leaves nothing of the update' };
  const { rank, live } = space;
  const relative =
    space.entryNoise / Math.sqrt(space.s.reduce((sum, s) => sum + s * s, 0) / (live.length * space.v.columns));
  if (space.full || (rank > 1 && rank + 4 > live.length))
    return {
      ...nothing,
      relative,
      rank,
      reason: `the update of the hidden layer has rank ${rank} on ${live.length} live neurons: nothing tells its samples apart`,
    };
  // one sample alone leaves no zeros among its own neurons, and needs none
  const alone = rank === 1 && space.ends ? summedColumn(space, space.ends, Float64Array.of(1)) : null;
  const search = findColumns(space, alone ? [alone] : [], { ...options, limit });
  const { batch, reason } = yield* searched(update, { space, shared, noise }, search, limit);
  const labels = search.columns.map((c, m) => batch?.labels[m] ?? (space.head.columns > 2 ? labelOf(c.g, 1) : null));
  const estimates = batch ? [] : yield* estimateInputs(space, search.columns, limitOf(afterwards, options));
  return { shared, noise, relative, batch, rank, labels, estimates, starts: search.starts, hits: search.hits, reason };
}

/** The number of steps, on which the noise depends, is known once the samples are counted. */
function factored(
  update: ModelUpdate,
  shared: readonly AffineLayer[],
): { space: LossSubspace | null; noise: UpdateNoise } {
  let steps = update.epochs;
  for (let pass = 0; ; pass++) {
    const noise = updateNoise(update, steps);
    const space = updateSubspace(update, shared, noise);
    const counted = update.epochs * batchSizes(space?.rank ?? 1, update.batchSize).length;
    if (counted === steps || pass === 3) return { space, noise };
    steps = counted;
  }
}

interface Known {
  readonly space: LossSubspace;
  readonly shared: readonly AffineLayer[];
  readonly noise: UpdateNoise;
}

function* searched(
  update: ModelUpdate,
  known: Known,
  search: ColumnSearch,
  limit: Limit,
): Working<{ batch: LocalBatch | null; reason: string }> {
  const { space } = known;
  let best: LocalBatch | null = null;
  let [tried, since] = [-1, 0];
  let ordered: boolean = false;
  for (;;) {
    const whole = yield* search.run();
    const zeros = search.columns.reduce((sum, c) => sum + c.surplus, 0);
    const settled: boolean =
      whole && zeros === tried && search.starts - since > patient && !ordered && best?.parts === null;
    if (whole && (zeros !== tried || settled)) {
      if (zeros !== tried) [tried, since] = [zeros, search.starts];
      ordered = settled;
      const top = topFeatures(space, search.columns);
      if (top && support(space, search.columns, top.coordinates) > worth) {
        const first: LocalBatch = yield* localBatch(update, known, search.columns, { top, bySwaps: settled }, limit);
        const batch: LocalBatch = yield* refitting(update, known, first, search.columns, limit);
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
function support({ ends, u }: LossSubspace, columns: ColumnSearch['columns'], coordinates: DenseMatrix): number {
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

function fromPoints(space: LossSubspace, search: ColumnSearch, coordinates: DenseMatrix) {
  return search.columns.flatMap((_, m) => {
    const q = offAtEnds(space, row(coordinates, m));
    // a false column may be near a true one: it is the sum of that and a little of others
    const repeated = !q || search.columns.some((c) => Math.abs(dot(c.q, q)) > 1 - 1e-9);
    const column = repeated ? null : polish(space, q);
    return column ? [column] : [];
  });
}

/** The batch as it is, or with columns fitted to what it replays, as long as that comes nearer to the update. */
function* refitting(
  update: ModelUpdate,
  known: Known,
  first: LocalBatch,
  found: readonly LossColumn[],
  limit: Limit,
): Working<LocalBatch> {
  const { space } = known;
  let [best, columns] = [first, found];
  for (let pass = 0; pass < refits; pass++) {
    const { agreement, parts } = best;
    if (!parts || !agreement || agreement.holds || !(agreement.residual < nearly)) break;
    const fitted: Float64Array[] | null = yield* refitColumns(
      space,
      localReplay(update.before, best, update.rate),
      parts,
      limit,
    );
    columns = columns.map((old, m) => (fitted ? refitted(space, old, fitted[m]) : old));
    const top = fitted && topFeatures(space, columns);
    const now: LocalBatch | null = top && (yield* localBatch(update, known, columns, { top, parts }, limit));
    if (!now?.agreement || now.agreement.residual >= agreement.residual) break;
    best = now;
  }
  return best;
}

/** Where too few deltas stand out of the noise for a loss vector, the old one is kept. */
function refitted(space: LossSubspace, old: LossColumn, q: Float64Array): LossColumn {
  const along = dot(old.q, q) < 0 ? q.map((x) => -x) : q;
  return (space.ends && summedColumn(space, space.ends, along)) ?? { ...old, q: along };
}

/** Inputs, labels, order and proof, once there are as many columns as samples. */
function* localBatch(
  update: ModelUpdate,
  { space, shared, noise }: Known,
  columns: readonly LossColumn[],
  { top, bySwaps, parts: given }: { readonly top: TopFeatures; readonly bySwaps?: boolean; readonly parts?: Parts },
  limit: Limit,
): Working<LocalBatch> {
  const { features: inputs, labels, coordinates, factors, condition } = top;
  const summed = matrix(space.rank, update.before.widths[1]);
  const tolerance = new Float64Array(space.rank);
  const errors = new Float64Array(space.rank);
  columns.forEach(({ q }, m) => {
    const own = deltas(space, q);
    space.live.forEach((j, i) => {
      summed.data[m * summed.columns + j] = factors[m] * own[i];
    });
    tolerance[m] = (update.precision === 'float32' ? 9 : 60) * deltaNoise(space, q) * Math.abs(factors[m]);
    errors[m] = columnsToo * deltaNoise(space, row(coordinates, m));
  });
  const batch = { inputs, labels };
  const replay = localReplay(update.before, batch, update.rate);
  const least = update.precision === 'float32' ? 2 : 1;
  const problem = { replay, training: update, summed, tolerance, least };
  const parts = given ?? (yield* bySwaps ? swapOrder(problem, limit) : findOrder(problem, limit));
  if (!parts) return { inputs, labels, errors, parts, agreement: null, condition };
  const settled = settleSigns(update, { inputs, labels, errors, summed, tolerance }, parts);
  const agreement = proveUpdate(update, shared, { inputs: settled, labels, errors }, parts, noise);
  return { inputs: settled, labels, errors, parts, agreement, condition };
}
