import { check, isCount } from '../check';
import { rng } from '../math/rng';
import type { AffineLayer, DenseLayer, Layer, Mlp, PiecewiseLinear } from '../types';
import { checkActivation } from './checkActivation';
import { type Initialiser, initialise } from './initialise';

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** [d0, n1, …, K]: at least input, one hidden layer and K >= 2 classes */
  readonly widths: readonly number[];
  /** @default 0 */
  readonly seed?: number;
  /** @default 'pytorch' */
  readonly init?: Initialiser;
  /** @default true */
  readonly biases?: boolean;
  /** of all hidden layers: relu, leakyRelu with its slope, prelu with one for each neuron, or relu6. @default { kind: 'relu' } */
  readonly activation?: PiecewiseLinear;
}

/**
 * A freshly initialised fully connected network (method 1).
 *
 * @throws InputError when widths are not counts, fewer than three, or K < 2, or the activation is none of those
 * @example
 * mlp({ widths: [784, 512, 10], seed: 7 }).dense.length;  // => 2
 * mlp({ widths: [784, 512, 10], activation: { kind: 'leakyRelu', slope: 0.1 } }).layers[1].kind;  // => 'leakyRelu'
 */
export function mlp({ widths, seed = 0, init = 'pytorch', biases = true, activation = relu }: MlpOptions): Mlp {
  check(
    Array.isArray(widths) && widths.length >= 3 && widths.every((w) => isCount(w)),
    () => `mlp: widths are [${String(widths)}], expected at least three positive integers, e.g. [784, 512, 10]`,
  );
  const weights = widths.slice(1).reduce((sum, out, i) => sum + out * widths[i], 0);
  check(weights <= 2 ** 31, () => `mlp: widths ${widths} make ${weights} weights, expected at most 2^31 (16 GiB)`);
  check((widths.at(-1) as number) >= 2, () => `mlp: ${widths.at(-1)} class, expected at least 2`);
  check(Number.isInteger(seed), () => `mlp: seed is ${seed}, expected an integer`);
  checkActivation('mlp', activation);
  const uniform = rng(seed);
  const weighted = widths.slice(1).map((out, i) => initialise(init, widths[i], out, biases, uniform));
  return mlpOf(weighted, activation);
}

const relu: PiecewiseLinear = { kind: 'relu' };

/**
 * The network with these weights, bottom up.
 *
 * @param activation of all hidden layers, or one for each. @default ReLU
 * @throws InputError when a layer does not take what the one below gives, or an activation is none that networks here have
 * @example
 * const weight = { rows: 2, columns: 3, data: Float64Array.of(1, 2, 3, 4, 5, 6) };
 * mlpOf([{ weight }, { weight: { ...weight, rows: 3, columns: 2 } }]).widths;  // => [3, 2, 3]
 */
export function mlpOf(
  weights: readonly AffineLayer[],
  activation: PiecewiseLinear | readonly PiecewiseLinear[] = relu,
): Mlp {
  const widths = [weights[0].weight.columns, ...weights.map(({ weight }) => weight.rows)];
  weights.forEach(({ weight }, i) => {
    check(
      weight.columns === widths[i],
      () => `mlpOf: layer ${i} takes ${weight.columns} values, expected ${widths[i]}`,
    );
  });
  const dense = weights.map(({ weight, bias }): DenseLayer => ({ kind: 'dense', weight, ...(bias && { bias }) }));
  const hidden = dense.length - 1;
  const activations = 'kind' in activation ? new Array<PiecewiseLinear>(hidden).fill(activation) : activation;
  check(
    activations.length === hidden,
    () => `mlpOf: ${activations.length} activations, expected ${hidden}, one for each hidden layer`,
  );
  activations.forEach((one, i) => {
    checkActivation('mlpOf', one);
    check(
      one.kind !== 'prelu' || one.slopes.length === widths[i + 1],
      () => `mlpOf: hidden layer ${i} has ${widths[i + 1]} neurons, expected as many slopes`,
    );
  });
  const layers = dense.flatMap((layer, i): Layer[] => (i === 0 ? [layer] : [activations[i - 1], layer]));
  return { widths, dense, activations, layers };
}

/** The network whose inputs are the features that enter layer `from`. */
export function partAbove({ dense, activations }: Mlp, from: number): Mlp {
  return mlpOf(dense.slice(from), activations.slice(from));
}
