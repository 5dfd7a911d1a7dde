import { row } from '../math/matrix';
import type { Batch, Network, Reduction } from '../types';
import { forward } from './forward';
import { crossEntropy } from './softmax';

/**
 * Softmax cross-entropy of a batch, averaged over its samples or summed (method 1).
 *
 * @throws InputError when the inputs do not fit the model
 * @example
 * loss(model, secret, 'sum') / loss(model, secret);  // => 8
 */
export function loss(model: Network, { inputs, labels }: Batch, reduction: Reduction = 'mean'): number {
  const { logits } = forward(model, inputs);
  let total = 0;
  for (let m = 0; m < logits.rows; m++) total += crossEntropy(row(logits, m), labels[m]);
  return reduction === 'mean' ? total / logits.rows : total;
}
