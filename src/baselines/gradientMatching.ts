import { gradientNorm } from '../gradient/gradientDifference';
import { type GradientMap, gradientMap, type SoftBatch } from '../gradient/gradientMap';
import { preparedProducts } from '../math/preparedProducts';
import { type Arithmetic, float64 } from '../model/arithmetic';
import { weightedLayers } from '../model/layers';
import type { AffineLayer, AveragedGradient, Network } from '../types';
import { type Pair, pairOf } from './gradientPair';

/** How far a guess is from what was shared, and how that depends on the guess. */
export interface Matched extends SoftBatch {
  readonly loss: number;
}

/**
 * What attacks by optimisation make small: the distance of a guess's gradient from the shared one, with its derivatives by the guess's
 * inputs and targets, Jᵀ v for v the distance's derivative by the gradient.
 *
 * @param distance over all arrays together: `squared` is sum (g - s)², as in Deep Leakage from Gradients; `cosine` is
 * 1 - <g, s> / (|g| |s|), as in Inverting Gradients, blind to the length of a gradient
 * @example
 * gradientMatching(net, gradient, 'cosine')({ inputs, targets }).loss;
 */
export function gradientMatching(
  network: Network,
  { gradients: shared, reduction }: AveragedGradient,
  distance: 'squared' | 'cosine',
): (guess: SoftBatch) => Matched {
  const size = gradientNorm(shared);
  // weights and shared gradient stay what they are through thousands of guesses
  const dense = weightedLayers(network).flatMap(({ kind, weight }, i) =>
    kind === 'dense' ? [weight, shared[i].weight] : [],
  );
  const arithmetic = { ...float64, product: preparedProducts(dense) };
  return (guess) => {
    const map = gradientMap(network, guess, reduction, arithmetic);
    return distance === 'squared' ? squared(map, shared) : cosine(map, shared, size, arithmetic);
  };
}

/** |g - s|², along v = 2 (g - s). */
function squared({ gradients, pull }: GradientMap, shared: readonly AffineLayer[]): Matched {
  let loss = 0;
  const twice = (own: Float64Array, other: Float64Array): Float64Array => {
    for (let k = 0; k < own.length; k++) {
      const difference = own[k] - other[k];
      loss += difference * difference;
      own[k] = 2 * difference;
    }
    return own;
  };
  const v = gradients().map(({ weight, bias }, i): AffineLayer => {
    const other = shared[i].bias;
    twice(weight.data, shared[i].weight.data);
    return { weight, ...(bias && other && { bias: twice(bias, other) }) };
  });
  return { loss, ...pull(v) };
}

/** 1 - cos(g, s), along v = (cos g / |g| - s / |s|) / |g|. A gradient of zero has no direction: loss 1, slope 0. */
function cosine(map: GradientMap, shared: readonly AffineLayer[], size: number, arithmetic: Arithmetic): Matched {
  const pairs = map.factors.map((own, i): Pair => pairOf(own, shared[i], arithmetic));
  const sum = (of: (pair: Pair) => number): number => pairs.reduce((total, pair) => total + of(pair), 0);
  const length = Math.sqrt(sum(({ square }) => square));
  const cos = length > 0 ? sum(({ along }) => along) / (length * size) : 0;
  const [ofOwn, ofShared] = length > 0 ? [cos / length ** 2, -1 / (length * size)] : [0, 0];
  return { loss: 1 - cos, ...map.pull(pairs.map(({ combined }) => combined(ofOwn, ofShared))) };
}
