import { check } from '../check';
import { gradientDifference } from '../gradient/gradientDifference';
import type { ModelUpdate } from '../types';
import { addPart, mapGradient } from './mapGradient';
import { mapUpdate } from './mapUpdate';

/**
 * FedAvg's mean over clients of equal size that started from the same network; under secure aggregation it is all that the server sees
 * (Bonawitz et al. 2017).
 *
 * @returns an update with the training of the first
 * @throws InputError without clients, or when their networks do not fit each other
 * @example
 * const training = { rate: 0.1, epochs: 5 };
 * const both = [1, 2].map((seed) => localUpdate(model, digits.draw({ size: 4, seed }), training));
 * reconstructUpdate(defences.averageUpdates(both), { seconds: 2 }).status;  // => 'partial'
 */
export function averageUpdates(updates: readonly ModelUpdate[]): ModelUpdate {
  const [first, ...others] = updates;
  check(first !== undefined, () => 'averageUpdates: no clients, expected at least one update');
  for (const [k, { before }] of others.entries())
    check(
      String(before.widths) === String(first.before.widths),
      () => `averageUpdates: client ${k + 1} has widths ${before.widths}, expected ${first.before.widths}`,
    );
  const moved = others.map(({ before, after }) => gradientDifference(after.dense, before.dense));
  return mapUpdate(first, (difference) =>
    mapGradient(difference, (values, i, part) => {
      const mean = values.map((v) => v / updates.length);
      for (const layers of moved) addPart(1 / updates.length, layers[i], part, mean);
      return mean;
    }),
  );
}
