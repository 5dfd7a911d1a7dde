import { check, firstNonFinite } from '../check';
import type { ObservedUpdate } from '../types';
import { checkTraining } from './localUpdate';

/**
 * Throws unless the two networks of an update fit each other, something moved, and what is told of the training is in range.
 *
 * @param caller opens the messages
 * @throws InputError naming the layer and what was expected
 */
export function checkUpdate(update: ObservedUpdate, caller: string): void {
  const { before, after, precision } = update;
  checkTraining(caller, update);
  check(
    precision === 'float64' || precision === 'float32',
    () => `${caller}: precision is ${precision}, expected 'float64' or 'float32', the client's arithmetic`,
  );
  check(
    String(before.widths) === String(after.widths),
    () => `${caller}: the network after has widths ${after.widths}, expected ${before.widths} as before`,
  );
  before.dense.forEach(({ bias, weight }, i) => {
    const end = after.dense[i];
    check(
      (bias === undefined) === (end.bias === undefined),
      () => `${caller}: layer ${i} has biases in one of the two networks only, expected both or neither`,
    );
    for (const values of [weight.data, end.weight.data, bias ?? [], end.bias ?? []])
      check(firstNonFinite(values) < 0, () => `${caller}: layer ${i} holds numbers that are not finite`);
  });
  check(
    before.dense.some(({ weight }, i) => weight.data.some((v, k) => v !== after.dense[i].weight.data[k])),
    () => `${caller}: both networks have the same weights: nothing to reconstruct`,
  );
}
