import { stepWeights } from '../../gradient/stepWeights';
import { sum } from '../../math/matrix';
import type { LocalTraining, ObservedUpdate } from '../../types';

/**
 * Trainings that do the same to first order, as far as it is open: an epoch more or less at a rate that makes up for it, and mini-batches
 * for as many steps on the whole batch, or the other way round.
 *
 * @param samples copies counted
 */
export function nearbyTrainings(observed: ObservedUpdate, training: LocalTraining, samples: number): LocalTraining[] {
  const { rate, epochs, momentum } = training;
  const { batchSize = samples, ...whole } = training;
  const steps = Math.ceil(samples / batchSize);
  const own = sum(stepWeights(epochs * steps, momentum));
  const passes = observed.epochs === undefined && observed.rate === undefined ? [epochs - 1, epochs + 1] : [];
  const same = passes
    .filter((count) => count > 0)
    .map((count): LocalTraining => {
      const other = sum(stepWeights(count * steps, momentum));
      return { ...training, epochs: count, rate: (rate * own) / other };
    });
  const sizeOpen =
    observed.batchSize === 'unknown' || (observed.batchSize === undefined && observed.epochs === undefined);
  if (!sizeOpen) return same;
  if (steps > 1) return [...same, { ...whole, epochs: epochs * steps }];
  return epochs > 1 && samples > 1 ? [...same, { ...whole, epochs: 1, batchSize: Math.ceil(samples / epochs) }] : same;
}
