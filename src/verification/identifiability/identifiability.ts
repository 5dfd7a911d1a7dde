import { activationPattern } from '../../exclusivity/activationPattern';
import { checkBatch } from '../../gradient/captureGradient';
import { withOnes } from '../../math/matrix';
import { backward } from '../../model/backward';
import { checkRelu } from '../../model/checkActivation';
import { forward } from '../../model/forward';
import type { Batch, Mlp } from '../../types';
import { supportRanks } from './supportRanks';

/** Which samples the zeros of the last ReLU layer's gradient determine (method 7). */
export interface Identifiability {
  /** ranks[m] = rank - 1 and rank = M: only m's own column is zero on all neurons that m leaves silent */
  readonly samples: readonly boolean[];
  readonly identifiable: number;
  /** rank r of A = Deltaᵀ [F, 1] at the last ReLU layer: below M no attack on A alone separates the samples */
  readonly rank: number;
  /** ranks[m]: rank of A's columns on the neurons that m leaves silent */
  readonly ranks: readonly number[];
}

/**
 * The analyst's upper bound for every attack on supports (method 7): sample m can be told from the zeros of its column of
 * Delta exactly when U, a basis of the columns of A, has rank r - 1 on the neurons that m leaves silent. Dependent
 * deltas and dependent features (more samples than inputs, say) both lower r below M, and then no sample counts.
 *
 * @throws InputError when the batch is empty, not finite, or does not fit the model, or its activation is not ReLU
 * @example
 * // far beyond the paper's boundary
 * identifiability(model, digits.draw({ size: 64, seed: 1 })).identifiable;  // => 64
 */
export function identifiability(model: Mlp, batch: Batch): Identifiability {
  checkRelu('identifiability', model);
  checkBatch('identifiability', model, batch);
  const last = model.dense.length - 2;
  const activations = forward(model, batch.inputs);
  const entering = activations.features[last];
  const { fires, neurons, samples } = activationPattern(activations.features[last + 1]);
  const silent = Array.from({ length: samples }, (_, m) =>
    [...Array(neurons).keys()].filter((j) => fires[m * neurons + j] === 0),
  );
  const { rank, ranks } = supportRanks(
    backward(model, activations, batch.labels, { lowest: last })[last],
    model.dense[last]?.bias ? withOnes(entering) : entering,
    silent,
  );
  const told = ranks.map((r) => rank === samples && r === samples - 1);
  return { samples: told, identifiable: told.filter(Boolean).length, rank, ranks };
}
