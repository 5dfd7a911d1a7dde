import { check } from '../check';
import { gradientDifference } from '../gradient/gradientDifference';
import type { ModelUpdate } from '../types';
import { addPart, mapGradient } from './mapGradient';
import { mapUpdate } from './mapUpdate';

/**
 * What the global models show when the server adds `beta` times its last move to a client's update (FedAvgM, Hsu et al. 2019). Who knows
 * the models before that too can subtract it again: it hides nothing from the server.
 *
 * @param last the update before, as the global models showed it
 * @param beta in [0, 1)
 * @throws InputError when beta is out of range or the networks do not fit each other
 * @example
 * const [last, now] = [1, 2].map((seed) => localUpdate(model, digits.draw({ size: 4, seed }), { rate: 0.1, epochs: 5 }));
 * reconstructUpdate(defences.serverMomentum(now, last, 0.9), { seconds: 2 }).status;  // => 'partial'
 */
export function serverMomentum(update: ModelUpdate, last: ModelUpdate, beta: number): ModelUpdate {
  check(0 <= beta && beta < 1, () => `serverMomentum: beta is ${beta}, expected a number in [0, 1)`);
  check(
    String(last.before.widths) === String(update.before.widths),
    () => `serverMomentum: the update before has widths ${last.before.widths}, expected ${update.before.widths}`,
  );
  const moved = gradientDifference(last.after.dense, last.before.dense);
  return mapUpdate(update, (difference) =>
    mapGradient(difference, (values, i, part) => {
      const sum = values.slice();
      addPart(beta, moved[i], part, sum);
      return sum;
    }),
  );
}
