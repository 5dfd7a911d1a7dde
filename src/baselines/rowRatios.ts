import { check } from '../check';
import { checkGradient } from '../gradient/checkGradient';
import { fromRows, row } from '../math/matrix';
import type { AveragedGradient, Mlp } from '../types';
import type { Estimate } from './estimate';
import { handOver } from './handOver';

/** Options of {@link rowRatios}. */
export interface RowRatioOptions {
  /** entries are clipped to these bounds. @default none */
  readonly bounds?: readonly [number, number];
  /** how many candidates, those with the largest bias gradient. @default every live row */
  readonly candidates?: number;
}

/**
 * The crudest robust attack: every row of the first layer's gradient divided by its bias gradient is a candidate input,
 * exact where one sample alone fires, a weighted mean elsewhere. It says nothing about which candidates are right, but
 * noise, pruning and rounding degrade it gently where the exact attacks stop (method 2, row view).
 *
 * @returns candidates x d0, largest bias gradient first, without labels
 * @throws InputError when the gradient does not fit the model, or layer 0 has no biases
 * @example
 * baselines.rowRatios(model, gradient, { bounds: [0, 1], candidates: 20 }).inputs.rows;  // => 20
 */
export function rowRatios(model: Mlp, gradient: AveragedGradient, options: RowRatioOptions = {}): Estimate {
  const start = performance.now();
  checkGradient(model, gradient, 'rowRatios');
  const { weight, bias } = gradient.gradients[0];
  check(bias !== undefined, () => 'rowRatios: layer 0 has no biases, expected a network with biases');
  const live = [...bias.keys()].filter((j) => bias[j] !== 0);
  live.sort((a, b) => Math.abs(bias[b]) - Math.abs(bias[a]));
  const [low, high] = options.bounds ?? [-Infinity, Infinity];
  const inputs = fromRows(
    live
      .slice(0, options.candidates ?? live.length)
      .map((j) => row(weight, j).map((v) => Math.min(high, Math.max(low, v / bias[j])))),
    weight.columns,
  );
  return handOver({
    attack: 'row ratios',
    inputs,
    width: weight.columns,
    told: options.bounds ? ['range of inputs'] : [],
    reason: `${inputs.rows} of ${live.length} rows of layer 0 divided by their biases; which of them are samples is not said`,
    start,
  });
}
