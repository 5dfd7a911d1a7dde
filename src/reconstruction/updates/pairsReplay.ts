import type { Agreement } from '../../gradient/agreement';
import { summedGradient } from '../../gradient/summedGradient';
import { type UpdateNoise, updateNoise } from '../../gradient/updateNoise';
import { dot, fromRows, norm, row } from '../../math/matrix';
import { rng } from '../../math/rng';
import { gaussianRows } from '../../math/singularVectors';
import type { AffineLayer, ModelUpdate } from '../../types';
import { apart } from '../answer/pairShows';
import type { LocalBatch } from './localBatch';
import { type BatchInDoubt, proveUpdate, replayed } from './proveUpdate';

/**
 * Misfit of pairs over that of the batch as it stands, or over the noise where this is less, from which on it is no batch of pairs, since
 * those would leave as much of themselves: an answer fitted to the update may lie closer to it than the client's own batch does.
 */
const clearly = 4;

/**
 * Pairs that are tried in all, each in a direction of its own. What tells them is mostly a neuron that turns between the two; the client's
 * own pairs may lie where none does, which is the likelier the fewer they are: then some of many batches drawn do so too.
 */
const pairsTried = 128;
/** The same where a network may not see some directions, but noise hides nothing. */
const few = 8;

/**
 * Whether the replay tells a batch in which every sample is a pair that differs a little from the one found: it is refused, or its misfit is
 * larger by a factor, whichever way the pairs lie.
 *
 * @param update with the training found
 * @param open whether the rate was inferred: then the pairs may have one of their own
 */
export function pairsShow(
  update: ModelUpdate,
  { inputs, labels, errors, parts, agreement }: LocalBatch,
  open: boolean,
): boolean {
  const M = labels.length;
  // in float64 the square of their difference tells pairs, whether a neuron turns or not
  const tried = update.precision === 'float64' ? few : pairsTried;
  const batches = Math.min(32, Math.ceil(tried / M));
  const random = gaussianRows(batches * M, inputs.columns, rng(inputs.columns));
  const twice = <T>(list: ArrayLike<T>): T[] => Array.from(list).flatMap((v) => [v, v]);
  const steps = (parts ?? []).map((part) => part.flatMap((m) => [2 * m, 2 * m + 1]));
  const seen = seenIn(update, steps);
  return Array.from({ length: batches }, (_, n) => n * M).every((first) => {
    const pairs = Array.from(labels).flatMap((_, m) => {
      const [x, direction] = [row(inputs, m), row(random, first + m)];
      const step = (apart * norm(x)) / norm(direction);
      return [1, -1].map((sign) => x.map((v, k) => v + sign * step * direction[k]));
    });
    const split = {
      inputs: fromRows(pairs),
      labels: Int32Array.from(twice(labels)),
      errors: Float64Array.from(twice(errors)),
    };
    const { holds, layers } = agreementOf(open ? withOwnRate(seen, split) : seen, split);
    return (
      !holds ||
      layers.some(({ chiSquared }, i) => chiSquared > clearly * Math.max(1, agreement?.layers[i].chiSquared ?? 0))
    );
  });
}

/** An update, what it shows, and how a batch is to be replayed: the same for all pairs that are tried. */
interface Seen {
  readonly update: ModelUpdate;
  readonly shared: readonly AffineLayer[];
  readonly noise: UpdateNoise;
  readonly steps: readonly (readonly number[])[];
}

function seenIn(update: ModelUpdate, steps: Seen['steps']): Seen {
  return { update, shared: summedGradient(update), noise: updateNoise(update, steps.length), steps };
}

function agreementOf({ update, shared, noise, steps }: Seen, batch: BatchInDoubt): Agreement {
  return proveUpdate(update, shared, batch, steps, noise);
}

/** The rate with which the replay comes nearest to the update: a small change of it changes what it leaves in proportion. */
function withOwnRate({ update, shared, steps }: Seen, batch: BatchInDoubt): Seen {
  let [both, own] = [0, 0];
  replayed(update, batch, steps).gradient.forEach(({ weight }, i) => {
    both += dot(weight.data, shared[i].weight.data);
    own += dot(weight.data, weight.data);
  });
  return seenIn({ ...update, rate: (update.rate * both) / own }, steps);
}
