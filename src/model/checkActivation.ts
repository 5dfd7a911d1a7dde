import { check, shown } from '../check';
import type { ConvNet, Mlp, PiecewiseLinear } from '../types';

/**
 * Throws unless hidden layers can have the activation; `caller` opens the message.
 *
 * @throws InputError naming the kind, and what remains possible for one that has no pattern
 */
export function checkActivation(caller: string, activation: PiecewiseLinear): void {
  const kind: unknown = (activation as Partial<PiecewiseLinear> | null)?.kind;
  check(
    kind === 'relu' || kind === 'leakyRelu' || kind === 'prelu' || kind === 'relu6',
    () =>
      `${caller}: activation is ${shown(String(kind))}, expected relu, leakyRelu, prelu or relu6${whatRemains(String(kind))}`,
  );
  if (activation.kind === 'leakyRelu') checkSlope(caller, activation.slope);
  if (activation.kind !== 'prelu') return;
  const { slopes } = activation;
  check(slopes instanceof Float64Array, () => `${caller}: slopes are ${typeof slopes}, expected a Float64Array`);
  const wrong = slopes.findIndex((a) => !(0 <= a && a < Infinity));
  check(
    wrong < 0,
    () =>
      `${caller}: slope ${wrong} is ${slopes[wrong]}, expected at least 0: values that leave would not tell the sign`,
  );
}

/** The end of a message about an activation: what is left to do where it is never off, and its gradients have no pattern; else nothing. */
export function whatRemains(activation: string): string {
  const name = activation.toLowerCase();
  return smooth.includes(name)
    ? `; no neuron of ${name} is ever off, so its gradients have no pattern to search for: row ratios (baselines.rowRatios) and optimisers are what remains`
    : '';
}

const smooth: readonly string[] = ['sigmoid', 'tanh', 'gelu', 'silu', 'swish', 'elu', 'selu', 'softplus', 'mish'];

/** Throws unless a leaky ReLU rises less below zero than above it; `where` opens the message. */
export function checkSlope(where: string, slope: number): void {
  check(0 < slope && slope < 1, () => `${where}: slope is ${slope}, expected a number between 0 and 1`);
}

/** Whether every hidden layer is a ReLU: only then are neurons silent, and some exclusive to one sample. */
export function isRelu({ activations }: Mlp): boolean {
  return activations.every(({ kind }) => kind === 'relu');
}

/**
 * Throws unless every hidden layer of the network, or of its head, is a ReLU: for what counts neurons that are silent.
 *
 * @param caller opens the message
 * @throws InputError naming the layer, and what there is for other activations
 */
export function checkRelu(caller: string, model: Mlp | ConvNet): void {
  const { activations } = 'stack' in model ? model.head : model;
  const other = activations.findIndex(({ kind }) => kind !== 'relu');
  check(
    other < 0,
    () =>
      `${caller}: hidden layer ${other} is ${activations[other].kind}, expected ReLU: this counts on neurons that are silent; captureGradient, reconstruct, certify and the optimising baselines take other piecewise linear activations`,
  );
}
