import { dot } from '../../math/matrix';
import type { ObservedUpdate } from '../../types';
import type { LossSubspace } from '../columns/lossSubspace';
import { type LossColumn, summedColumn } from '../columns/polish';
import { type TopFeatures, topFeatures } from '../columns/topFeatures';
import type { Limit, Working } from '../working';
import { type LocalBatch, localBatch, sameSteps } from './localBatch';
import { localReplay } from './localReplay';
import { refitColumns } from './refitColumns';
import { shownDeltas } from './shownDeltas';

/** Times that columns are fitted again to a replay that nearly agrees: misses less than this of the update. */
const refits = 6;
const nearly = 0.1;

/** Under one hidden layer: with the training that replays it, if one does, and columns fitted again to that. */
export function* shallowBatch(
  update: ObservedUpdate,
  space: LossSubspace,
  columns: readonly LossColumn[],
  { top, settled }: { readonly top: TopFeatures; readonly settled: boolean },
  limit: Limit,
): Working<LocalBatch> {
  const shown = shownDeltas(update, space, columns, top, update.rate ?? 1);
  const first: LocalBatch = yield* localBatch(update, shown, settled, limit);
  return yield* refitting(update, space, first, columns, limit);
}

/** The batch as it is, or with columns fitted to what it replays, as long as that comes nearer to the update. */
function* refitting(
  update: ObservedUpdate,
  space: LossSubspace,
  first: LocalBatch,
  found: readonly LossColumn[],
  limit: Limit,
): Working<LocalBatch> {
  let [best, columns] = [first, found];
  for (let pass = 0; pass < refits; pass++) {
    const { agreement, parts, training } = best;
    if (!parts || !agreement || agreement.holds || !(agreement.residual < nearly)) break;
    const replay = localReplay(update.before, best, training, parts.length);
    const fitted: Float64Array[] | null = yield* refitColumns(space, replay, parts, limit);
    columns = columns.map((old, m) => (fitted ? refitted(space, old, fitted[m]) : old));
    const top = fitted && topFeatures(space, columns);
    const shown = top && shownDeltas(update, space, columns, top, update.rate ?? 1);
    const now: LocalBatch | null = shown && (yield* sameSteps(update, shown, best, limit));
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
