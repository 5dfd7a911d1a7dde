import { check, checkUnderstood, isCount } from '../check';
import { checkGradient } from '../gradient/checkGradient';
import { columnSums, matrix, row, sum } from '../math/matrix';
import { rng } from '../math/rng';
import { forward } from '../model/forward';
import { inputsOf, weightedLayers } from '../model/layers';
import { softmaxRows } from '../model/softmax';
import type { AffineLayer, AveragedGradient, Network } from '../types';

/** Random inputs over which the network's probabilities are averaged. */
const PROBES = 64;

/** What {@link inferLabels} is told beside network and gradient. */
export interface InferLabelsOptions {
  /** M */
  readonly size: number;
  /** of the random inputs. @default [0, 1] */
  readonly range?: readonly [number, number];
}

/**
 * Labels of a batch from the head's gradient alone, sorted. Its bias is mean p_c - n_c / M: of one sample only the label's entry is
 * negative (Zhao et al. 2020); of more, n_c follows from mean p_c, which random inputs stand in for (after Wainakh et al. 2022), so
 * that fresh networks give all counts and trained ones fewer. A guess: nothing says which of them are right.
 *
 * @param caller opens the messages
 * @throws InputError where the head has no biases and its features may be negative, the gradient does not fit the network, or the size
 * is no positive integer
 * @example
 * baselines.inferLabels(model, gradient, { size: 8 });  // => [0, 2, 4, 6, 6, 8, 8, 9]
 */
export function inferLabels(
  network: Network,
  gradient: AveragedGradient,
  options: InferLabelsOptions,
  caller = 'inferLabels',
): Int32Array {
  checkUnderstood(caller, options, ['size', 'range']);
  const { size, range: [low, high] = [0, 1] } = options;
  checkGradient(network, gradient, caller);
  check(isCount(size), () => `${caller}: size is ${size}, expected a positive integer`);
  const { gradients, reduction } = gradient;
  const width = inputsOf(network);
  const u = rng(1);
  const random = Float64Array.from({ length: PROBES * width }, () => low + (high - low) * u());
  const { features, logits } = forward(network, matrix(PROBES, width, random));
  const bias = headBias(caller, network, gradients[gradients.length - 1], features[features.length - 1].data);
  const share = reduction === 'mean' ? size : 1;
  if (size === 1) return Int32Array.of(bias.indexOf(Math.min(...bias)));
  const expected = columnSums(softmaxRows(logits));
  return largestRemainders(
    bias.map((b, c) => (size * expected[c]) / PROBES - share * b),
    size,
  );
}

/** Mean of p - y over the batch, or what stands for it where there are no biases: rows of the weights over the features' mean sum. */
function headBias(caller: string, network: Network, head: AffineLayer, features: Float64Array): Float64Array {
  if (head.bias) return head.bias;
  const before = network.layers.slice(0, network.layers.lastIndexOf(weightedLayers(network).slice(-1)[0]));
  check(
    before.some(({ kind }) => kind !== 'dense') && !before.some(({ kind }) => kind === 'leakyRelu' || kind === 'prelu'),
    () => `${caller}: the head has no biases and its features may be negative, expected labels`,
  );
  const mean = sum(features) / PROBES;
  return Float64Array.from({ length: head.weight.rows }, (_, c) => sum(row(head.weight, c)) / mean);
}

/** Counts that are near these and add up to the size, as labels. */
function largestRemainders(counts: Float64Array, size: number): Int32Array {
  const left = counts.map((v) => v);
  const labels = Array.from({ length: size }, () => {
    const next = left.indexOf(Math.max(...left));
    left[next]--;
    return next;
  });
  return Int32Array.from(labels).sort();
}
