import type { Mlp } from '../../types';
import { findColumns, type Searching } from '../columns/findColumns';
import { noisySubspace } from '../columns/noisySubspace';
import { backend, pursueAll } from '../columns/pursue';
import type { Evidence } from '../evidence/leftOver';
import type { CompleteBatch } from '../fit/completeBatch';
import { type WeighedBatch, weighBatch } from '../fit/weighBatch';
import type { Reconstruction } from '../result';
import { approximateSamples } from './approximateSamples';
import type { PursueRestOptions } from './pursueRest';

type Answer = Omit<Reconstruction, 'seconds'>;

/** Noise over the smallest singular value above which no search starts: columns are lost from about 0.05 on. */
const drowned = 0.2;

/** Whole batches that are fitted before giving up: where the first leaves more than noise, later ones mostly do too. */
const attempts = 8;

/**
 * Pattern pursuit at the noise measured on the gradient, for what the adaptive attack left: the whole batch, each sample
 * within its error bar, or the first answer as it was, with why.
 */
export function* pursueNoisy(evidence: Evidence, first: Answer, options: PursueRestOptions): Searching<Answer> {
  const { model, gradient } = evidence;
  const space = noisySubspace(model, gradient);
  if (!space || space.noise > drowned) return first;
  const end = performance.now() + 1e3 * (options.seconds ?? 60);
  const search = findColumns(space, [], { ...options, end });
  let weighed: WeighedBatch | null = null;
  const accepts = (found: CompleteBatch): boolean => {
    weighed = weighBatch(evidence, space, found);
    return weighed !== null;
  };
  const { batch, reason } = yield* pursueAll(model, gradient, space, search, accepts, attempts);
  if (!batch || !weighed) return { ...first, reason: `${first.reason}; pattern pursuit at that noise: ${reason}` };
  return answer(model, first, weighed, batch.systems);
}

function answer(
  model: Mlp,
  first: Answer,
  { shares, counts, residual }: WeighedBatch,
  systems: Answer['systems'],
): Answer {
  const all = shares.flatMap((s, m) => new Array<typeof s>(counts[m]).fill(s));
  return {
    ...first,
    status: first.status === 'inconsistent' ? 'inconsistent' : 'partial',
    method: 'pursuit',
    batchSize: all.length,
    samples: approximateSamples(model, all, 'pursuit'),
    reason: `${first.reason}; pattern pursuit at the noise measured explains the gradient by ${all.length} samples, known within error bars, none exactly`,
    residual,
    systems,
    backend,
  };
}
