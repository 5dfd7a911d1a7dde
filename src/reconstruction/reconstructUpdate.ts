import { checkUpdate } from '../gradient/checkUpdate';
import { summedGradient } from '../gradient/summedGradient';
import { isRelu } from '../model/checkActivation';
import type { AveragedGradient, ObservedUpdate, Watch } from '../types';
import type { Answer } from './answer/answer';
import type { PursueOptions } from './columns/pursue';
import { runHere } from './columns/runHere';
import { attacking } from './reconstruct';
import { hasInput, type Reconstruction, type RecoveredSample } from './result';
import { isTold } from './updates/localBatch';
import { pursueUpdate } from './updates/pursueUpdate';
import { trainingFound } from './updates/trainingFound';
import { updateAnswer } from './updates/updateAnswer';
import { limitOf, type Working } from './working';

/** Options of {@link reconstructUpdate}. */
export interface ReconstructUpdateOptions extends PursueOptions, Watch {
  /** time after which it hands over what it has. @default 60 */
  readonly seconds?: number;
}

/**
 * Reads labels and inputs of a client's samples back from its update after several local steps: the server's view in FedAvg (method 12).
 *
 * What is not told of the training (rate, epochs, size of mini-batches) is inferred; the answer's `training` says so. `exact` is only what
 * the client's training, replayed from the answer, proves. It takes one hidden layer with biases, or several on steps of the whole batch
 * that are told, where fewer samples are found; of other networks the update of a single step is attacked as a gradient, and that of
 * more steps is not read, with the reason.
 *
 * @throws InputError when the networks do not fit each other, nothing moved, or the training is out of range
 * @example
 * const update = localUpdate(model, secret, { rate: 0.1, epochs: 5 });
 * reconstructUpdate(update).status;  // => 'exact'
 */
export function reconstructUpdate(update: ObservedUpdate, options: ReconstructUpdateOptions = {}): Reconstruction {
  return runHere(reading(update, options));
}

/** The computation of {@link reconstructUpdate}, for whoever drives it. */
export function* reading(update: ObservedUpdate, options: ReconstructUpdateOptions): Working<Reconstruction> {
  checkUpdate(update, 'reconstructUpdate');
  const start = performance.now();
  const why = unread(update);
  const gradient = singleStep(update);
  if (gradient && (why || update.before.dense.length > 2))
    return asStep(update, yield* attacking(update.before, gradient, options));
  const limit = limitOf((gradient ? 0.5 : 1) * (options.seconds ?? 60), options);
  const pursued = why ? null : yield* pursueUpdate(update, options, limit);
  const answer = pursued ? updateAnswer(update, pursued) : refusal(update, why ?? '');
  const { starts = 0, hits = 0 } = pursued ?? {};
  const backend = starts > 0 ? 'wasm simd: float32 search, float64 algebra' : 'typed arrays, float64';
  const seconds = (): number => (performance.now() - start) / 1e3;
  const left = (options.seconds ?? 60) - seconds();
  if (gradient && answer.status === 'partial' && left > 0) {
    const other = yield* attacking(update.before, gradient, { ...options, seconds: left });
    if (known(other) > known(answer)) return { ...asStep(update, other), seconds: seconds() };
  }
  return { ...answer, search: { starts, hits }, seconds: seconds(), backend };
}

/** The gradient that a single step of the whole batch is, if it is one as far as is told; it is noisier than a gradient that is shared. */
function singleStep({ rate, epochs, batchSize, ...update }: ObservedUpdate): AveragedGradient | null {
  if (rate === undefined || epochs !== 1 || batchSize !== undefined) return null;
  return { gradients: summedGradient({ ...update, rate }), reduction: 'mean', precision: update.precision };
}

/** The answer to a gradient as one to the update that it is: all samples make the one step. */
function asStep(update: ObservedUpdate, found: Reconstruction): Reconstruction {
  const order = found.status === 'exact' || found.status === 'approximate' ? [[...found.samples.keys()]] : null;
  return { ...found, training: { ...trainingFound(update, null), order } };
}

/** Samples within error bars, or better. */
function known({ samples }: Pick<Reconstruction, 'samples'>): number {
  const all: readonly RecoveredSample[] = samples;
  return all.filter((s) => hasInput(s) && s.status !== 'estimate').length;
}

/** Why several steps of such a network are not read, or null. */
function unread(update: ObservedUpdate): string | null {
  const { dense } = update.before;
  if (!isRelu(update.before))
    return 'its hidden layers are not all ReLU: what several steps sum up is told by the neurons that are off in all of them';
  if (dense.length < 2) return 'the head has no hidden layer, whose neurons that are off would tell samples apart';
  if (dense.length > 2 && (!isTold(update) || update.momentum))
    return 'with several hidden layers rate, steps and the size of mini-batches have to be told, and momentum is not replayed';
  if (!dense[0].bias)
    return 'without biases in the lowest layer the lengths of the inputs are open after several steps';
  return null;
}

function refusal(update: ObservedUpdate, reason: string): Answer {
  return {
    status: 'not-unique',
    method: 'pursuit',
    batchSize: null,
    samples: [],
    reason,
    noise: 0,
    residual: 1,
    systems: [],
    reduction: 'mean',
    scale: 1,
    training: trainingFound(update, null),
  };
}
