import { check } from '../../check';
import { SIX } from '../layers/relu6';
import type { Link } from './layerChain';

/** What TensorFlow.js layers can have set, and what of it a network here has: the others would change the gradient. */
const expected: Readonly<Record<string, (value: unknown, link: Link) => boolean>> = {
  kernelRegularizer: isNull,
  biasRegularizer: isNull,
  activityRegularizer: isNull,
  gammaRegularizer: isNull,
  betaRegularizer: isNull,
  dataFormat: (value) => value === 'channelsLast',
  dilationRate: (value) => isSquare(value) && firstOf(value) === 1,
  kernelSize: isSquare,
  poolSize: isSquare,
  strides: isSquare,
  padding: (value) => value === 'valid' || value === 'same',
  maxValue: (value) => value === null || value === SIX,
  alpha: (value) => isPart(value),
  epsilon: (value) => isPart(value),
  axis: (value, { entering }) => value === entering.length || value === -1,
  dtype: (value) => value === 'float32',
  sparse: (value) => value === false,
};

const noPenalty = 'none: the gradient is of softmax cross-entropy alone';
const words: Readonly<Record<string, string>> = {
  kernelRegularizer: noPenalty,
  biasRegularizer: noPenalty,
  activityRegularizer: noPenalty,
  gammaRegularizer: noPenalty,
  betaRegularizer: noPenalty,
  dataFormat: 'channelsLast',
  dilationRate: '1',
  kernelSize: 'a square',
  poolSize: 'a square',
  strides: 'the same in both directions',
  padding: 'valid or same',
  maxValue: 'none, or 6',
  alpha: 'a number >= 0 and below 1',
  epsilon: 'a number >= 0 and below 1',
  axis: '-1, the last one: classes or channels',
  dtype: 'float32',
};

/** Options that say how weights began or are kept after a step, or are read elsewhere: they leave one gradient as it is. */
const harmless = [
  ...['name', 'trainable', 'batchInputShape', 'kernelInitializer', 'biasInitializer', 'kernelConstraint'],
  ...['biasConstraint', 'units', 'filters', 'useBias', 'activation', 'rate', 'noiseShape', 'seed'],
  ...['momentum', 'center', 'scale', 'gammaInitializer', 'betaInitializer', 'gammaConstraint', 'betaConstraint'],
  ...['movingMeanInitializer', 'movingVarianceInitializer'],
];

/** Throws unless every option of the layer is understood and one that networks here have. */
export function checkOptions(link: Link): void {
  const { where, config } = link;
  for (const [key, value] of Object.entries(config)) {
    if (value === undefined || harmless.includes(key)) continue;
    const known = expected[key];
    check(known !== undefined, () => `${where}: ${key} is ${told(value)}, an option that is not understood`);
    check(known(value, link), () => `${where}: ${key} is ${told(value)}, expected ${words[key] ?? 'the default'}`);
  }
}

/** The first of equal numbers, e.g. 3 of a kernel [3, 3]. */
export function firstOf(value: unknown): number {
  return (value as readonly number[])[0];
}

function told(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isNull(value: unknown): boolean {
  return value === null;
}

function isPart(value: unknown): boolean {
  return typeof value === 'number' && 0 <= value && value < 1;
}

function isSquare(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value[0] === value[1];
}
