import type { Watch } from '../../types';
import type { Evidence } from '../evidence/evidence';
import type { Sample } from '../evidence/sample';
import { completeBatch } from '../fit/completeBatch';
import type { WholeBatch } from '../fit/wholeBatch';
import type { Limit, Working } from '../working';
import { agreeingFeatures } from './agreeingFeatures';
import { type ColumnSearch, findColumns } from './findColumns';
import { knownColumns } from './knownColumns';
import { type LossSubspace, lossSubspace } from './lossSubspace';
import { labelOf } from './polish';
import { repair } from './repair';
import type { TopFeatures } from './topFeatures';

/** Options of {@link pursue}. */
export interface PursueOptions extends Pick<Watch, 'onProgress'> {
  /** of the search's random starts. @default 0 */
  readonly seed?: number;
  /** starts without a new sample after which it gives up, added to as many as it took to the last. @default 3000 */
  readonly patience?: number;
  /**
   * interval that every input is known to lie in, such as [0, 1] for pixels: a prior, which the answer names. It helps the search near the
   * support limit of networks with one hidden ReLU layer, biases and K > 2, and proves nothing. @default none
   */
  readonly box?: readonly [number, number];
}

/** What the pursuit came to; only a whole batch has inputs, since each needs all columns. */
export interface Pursued {
  readonly batch: WholeBatch | null;
  /** inputs that no replay can confirm, since the client withheld neurons */
  readonly unconfirmed?: TopFeatures;
  /** inputs that agree with all columns, though no replay gives the gradient: another loss, or samples of unequal weights */
  readonly unproven?: TopFeatures;
  /** number of samples that the rank shows; null where there is nothing to count */
  readonly rank: number | null;
  /** labels of the columns found, also when the batch is not whole; null where K = 2 leaves it open */
  readonly labels: readonly (number | null)[];
  readonly starts: number;
  readonly hits: number;
  readonly reason: string;
}

/** Whole batches that are fitted before giving up where noise was added: when the first leaves more than noise, later ones mostly do too. */
const attempts = 8;
/** Residual over the unit roundoff below which a whole batch is right, though its replay may not hold. */
export const nearly = 1e3;
/** Noise over the smallest singular value above which no search starts: columns are lost from about 0.05 on. */
const drowned = 0.2;

const aboutWithheld =
  'the samples found fire neurons that have no gradient: the client withheld those, and no replay can confirm the rest';

/**
 * Pattern pursuit: the whole batch from its averaged gradient, without any exclusive neuron (method 4-6). A false column shows in the
 * replay and is dropped, and the search goes on.
 *
 * @param known samples found already, which need not be searched
 */
export function* pursue(
  evidence: Evidence,
  known: readonly Sample[],
  options: PursueOptions,
  limit: Limit,
): Working<Pursued> {
  const nothing = { batch: null, labels: [], starts: 0, hits: 0 };
  const over = limit.over();
  if (over) return { ...nothing, rank: null, reason: over };
  if (evidence.model.dense.length < 2)
    return { ...nothing, rank: null, reason: 'the head has no hidden layer, and pattern pursuit searches in one' };
  const unbounded = lossSubspace(evidence);
  const space = unbounded && options.box ? { ...unbounded, box: options.box } : unbounded;
  if (!space) return { ...nothing, rank: null, reason: 'the noise leaves nothing of the last ReLU layer to search in' };
  const refusal = hopeless(space, evidence) ?? unscaled(space);
  if (refusal) return { ...nothing, rank: space.rank, reason: refusal };
  const search = findColumns(space, knownColumns(space, known), { ...options, limit });
  const { batch, reason, unconfirmed, unproven } = yield* searched(evidence, space, search, limit);
  return {
    batch,
    ...(unconfirmed && { unconfirmed }),
    ...(unproven && { unproven }),
    rank: space.rank,
    labels: search.columns.map((c, m) => batch?.labels[m] ?? (space.head.columns > 2 ? labelOf(c.g, 1) : null)),
    starts: search.starts,
    hits: search.hits,
    reason,
  };
}

/** Without biases a sample's length follows from the logits', which grow alike: not where a neuron reaches an end. */
function unscaled({ activation, biases }: LossSubspace): string | null {
  return activation.kind === 'relu6' && !biases
    ? 'without biases the lengths of samples are not solved for under ReLU6, whose values do not grow with them'
    : null;
}

/** Why there is no point in searching, or null. */
function hopeless(space: LossSubspace, { added }: Evidence): string | null {
  const { full, rank, live, v, biases, noise, slopes, reducedHead } = space;
  const inputs = v.columns - (biases ? 1 : 0);
  // without zeros every neuron is an equation, and the loss vector is unknown too
  const unknowns = slopes ? rank + reducedHead.columns - 1 : rank;
  if (full && rank < live.length)
    return `the gradient of the last ReLU layer has full rank ${rank}: the batch has at least as many samples as the layer has inputs (${inputs}), and more than that cannot be told apart`;
  if (full || unknowns + 4 > live.length)
    return `the gradient of the last ReLU layer has rank ${rank} on ${live.length} live neurons: the batch is as large as the layer is wide, and nothing tells its samples apart`;
  return added && noise > drowned ? 'the noise drowns the weakest samples' : null;
}

/** Searches, completes, verifies; drops the worst column when the batch is not accepted, and goes on. */
function* searched(
  evidence: Evidence,
  space: LossSubspace,
  search: ColumnSearch,
  limit: Limit,
): Working<Pick<Pursued, 'batch' | 'reason' | 'unconfirmed' | 'unproven'>> {
  let residual = 1;
  let repairs = 0;
  let unproven: TopFeatures | undefined;
  let left = evidence.added ? attempts : Number.POSITIVE_INFINITY;
  while (yield* search.run()) {
    const batch = yield* completeBatch(evidence, space, search.columns, limit);
    residual = Math.min(residual, batch?.agreement.residual ?? 1);
    if (batch?.agreement.holds)
      return {
        batch,
        reason: `all ${space.rank} distinct samples found, replay residual ${residual.toExponential(1)}`,
      };
    // no false sample of full weight leaves so little: some true one is known too badly for a proof, and no search would help it
    // (a mean of several may, where slopes bend the network but little)
    const single = !space.slopes || batch?.copies.every((c) => c === 1);
    if (batch && batch.unit !== null && residual < nearly * evidence.unit && single)
      return { batch, reason: `all ${space.rank} distinct samples found, residual ${residual.toExponential(1)}` };
    const agreeing = evidence.added ? null : agreeingFeatures(evidence, space, search.columns);
    if (agreeing?.withheld) return { batch: null, unconfirmed: agreeing.found, reason: aboutWithheld };
    unproven = agreeing?.found ?? unproven;
    if (--left <= 0 || search.over()) break;
    if (repairs++ < 5 && repair(evidence, space, search.columns)) continue;
    repairs = 0;
    const doubt = search.columns.map((c) => c.misfit / c.expected - 1e-3 * c.surplus);
    search.reject(doubt.indexOf(Math.max(...doubt)));
  }
  const found = search.columns.length;
  const reason =
    residual < 1
      ? `${space.rank} columns were found, but their replay misses the gradient by ${residual.toExponential(1)}, more than its noise`
      : `${found} of ${space.rank} columns found, then ${search.over()}; inputs need all of them`;
  return { batch: null, reason, ...(unproven && { unproven }) };
}
